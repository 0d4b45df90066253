package targetgroup

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// settings are the attributes of a target group.
type settings struct {
	path               string
	codes              func(int) bool
	interval, timeout  time.Duration
	healthy, unhealthy int // thresholds
	delay              time.Duration
	check              func(context.Context, server.Target) error // instead of HTTP
	dial               func(context.Context, server.Target) (net.Conn, error)
}

// defaults are those of [CreateTargetGroup] for HTTP and IP targets.
//
// [CreateTargetGroup]: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
func defaults() settings {
	return settings{
		path: "/", codes: Codes(http.StatusOK, http.StatusOK),
		interval: 30 * time.Second, timeout: 5 * time.Second,
		healthy: 5, unhealthy: 2,
		delay: 300 * time.Second,
		dial:  dialTCP,
	}
}

// Option changes how a group works. Without any it has the defaults of Elastic
// Load Balancing.
type Option func(*settings)

// Path sets what health checks ask for; / is the default.
func Path(path string) Option { return func(s *settings) { s.path = path } }

// Matcher decides which status codes of a health check are good; 200 alone is
// the default. See [Codes].
func Matcher(good func(code int) bool) Option { return func(s *settings) { s.codes = good } }

// Codes returns a matcher of a range of status codes.
func Codes(from, to int) func(int) bool {
	return func(code int) bool { return from <= code && code <= to }
}

// Interval sets the time from one health check of a target to the next; 30
// seconds is the default. The first one comes at once, and until one is good
// others come more often than that, of which only good ones count.
func Interval(d time.Duration) Option {
	return func(s *settings) { s.interval = max(d, time.Millisecond) }
}

// Timeout sets how long a health check may take; 5 seconds is the default.
func Timeout(d time.Duration) Option { return func(s *settings) { s.timeout = d } }

// Thresholds set how many health checks in a row make an unhealthy target
// healthy, and a target unhealthy: 5 and 2 are the defaults. As at AWS one
// good check is enough for a new target.
func Thresholds(healthy, unhealthy int) Option {
	return func(s *settings) { s.healthy, s.unhealthy = max(healthy, 1), max(unhealthy, 1) }
}

// DeregistrationDelay bounds how long a target may take to finish its
// requests, which are cut off then; 5 minutes is the default.
func DeregistrationDelay(d time.Duration) Option { return func(s *settings) { s.delay = d } }

// Scaled multiplies the interval and the deregistration delay, so that
// Scaled(0.01) checks every 300 milliseconds where AWS does every 30 seconds.
// It goes after the options that set those.
func Scaled(by float64) Option {
	scale := func(d time.Duration) time.Duration { return time.Duration(float64(d) * by) }
	return func(s *settings) {
		s.interval = max(scale(s.interval), time.Millisecond)
		s.delay = scale(s.delay)
	}
}

// Check makes f decide on the health of targets instead of a request: nil is
// healthy. It is called at each interval.
func Check(f func(context.Context, server.Target) error) Option {
	return func(s *settings) { s.check = f }
}

// Dial makes f connect to the targets, for requests and health checks, where
// they have no address that this machine can reach.
func Dial(f func(context.Context, server.Target) (net.Conn, error)) Option {
	return func(s *settings) { s.dial, s.check = f, nil }
}

package targetgroup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// probe is the time from one check of a target to the next until the first
// good one.
const probe = 250 * time.Millisecond

// watch checks the health of a target until it is deregistered. A target that
// is new is looked at more often than once an interval, so that nobody waits
// for one that is there already. What fails in between doesn't count.
func (g *Group) watch(t *target, health func(server.TargetHealth)) {
	due := time.Now()
	for t.checking.Err() == nil {
		began, s := time.Now(), g.current()
		reason := s.verdict(t)
		if reason == "" || !began.Before(due) {
			due = began.Add(s.interval)
			if now, changed := g.count(t, reason); changed {
				health(now)
			}
		}
		sleep(t.checking, g.pause(t, due))
	}
}

// pause is how long a target is left alone.
func (g *Group) pause(t *target, due time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	pause := time.Until(due)
	if t.health.state == Initial {
		pause = min(pause, probe)
	}
	return pause
}

// count adds a check to the tally of a target, and reports whether its health
// has changed by it.
func (g *Group) count(t *target, reason string) (server.TargetHealth, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.draining || t.checking.Err() != nil {
		return server.TargetHealth{}, false
	}
	before := t.health.state
	t.health = t.health.after(reason, g.settings)
	return server.TargetHealth{
		Healthy: t.health.state == Healthy, Checked: true, Reason: t.health.reason,
	}, t.health.state != before
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// verdict checks a target once and returns why it is unhealthy, nothing if it
// isn't.
func (s settings) verdict(t *target) string {
	ctx, cancel := context.WithTimeout(t.checking, s.timeout)
	defer cancel()
	if s.check == nil {
		return s.request(ctx, t)
	}
	if err := s.check(ctx, t.Target); err != nil {
		return err.Error()
	}
	return ""
}

// request is a health check by HTTP. The reasons are those of ELB.
func (s settings) request(ctx context.Context, t *target) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+t.Address+s.path, nil)
	if err != nil {
		return err.Error()
	}
	req.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	req.Close = true
	res, err := t.transport.RoundTrip(req)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "Request timed out"
	case err != nil:
		return fmt.Sprintf("Health checks failed: %v", err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20)) // to its end, as a client does
	if !s.codes(res.StatusCode) {
		return fmt.Sprintf("Health checks failed with these codes: [%d]", res.StatusCode)
	}
	return ""
}

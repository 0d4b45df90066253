package targetgroup_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/targetgroup"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newSet returns a set that ends with the test.
func newSet(t *testing.T, opts ...targetgroup.Option) *targetgroup.Set {
	t.Helper()
	s := targetgroup.NewSet("000000000000", "us-east-1", opts...)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		assert.NoError(t, s.Close(ctx))
	})
	return s
}

// backend is a target that is a test server.
type backend struct {
	server.Target
	set    *targetgroup.Set
	health chan server.TargetHealth
}

// add registers a server that answers with h, as a task of a name.
func add(t *testing.T, s *targetgroup.Set, g *targetgroup.Group, task string, h http.HandlerFunc) *backend {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	b := &backend{server.Target{
		Group: g.ARN, Task: task, Container: "web", Port: 80, Address: srv.Listener.Addr().String(),
	}, s, make(chan server.TargetHealth, 100)}
	require.NoError(t, s.Register(t.Context(), b.Target, func(h server.TargetHealth) { b.health <- h }))
	return b
}

// says answers every request, health checks too, with a text.
func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
}

func (b *backend) changes(t *testing.T) server.TargetHealth {
	t.Helper()
	select {
	case h := <-b.health:
		return h
	case <-time.After(10 * time.Second):
		t.Fatal("the health of the target doesn't change")
		return server.TargetHealth{}
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(body)
}

func TestRequestsGoToEachHealthyTargetInTurn(t *testing.T) {
	s := newSet(t)
	g := s.Group("web", targetgroup.Scaled(0.001))
	for _, name := range []string{"a", "b", "c"} {
		assert.True(t, add(t, s, g, name, says(name)).changes(t).Healthy)
	}
	sick := add(t, s, g, "sick", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	assert.Equal(t, server.TargetHealth{Checked: true, Reason: "Health checks failed with these codes: [500]"}, sick.changes(t))

	counts := map[string]int{}
	for range 30 {
		code, body := get(t, g.URL()+"/x")
		require.Equal(t, http.StatusOK, code)
		counts[body]++
	}
	assert.Equal(t, map[string]int{"a": 10, "b": 10, "c": 10}, counts)
	states := map[string]targetgroup.State{}
	for _, st := range g.Targets() {
		states[st.Task] = st.State
	}
	assert.Equal(t, map[string]targetgroup.State{"a": "healthy", "b": "healthy", "c": "healthy", "sick": "unhealthy"}, states)
}

func TestWithoutAHealthyTargetTheAnswerIs503(t *testing.T) {
	g := newSet(t).Group("web")
	code, body := get(t, g.URL())
	assert.Equal(t, http.StatusServiceUnavailable, code)
	assert.Equal(t, "503 Service Unavailable: the target group web has no healthy target\n", body)
}

func TestATargetFallsIllAndRecovers(t *testing.T) {
	s := newSet(t)
	g := s.Group("web", targetgroup.Interval(time.Millisecond), targetgroup.Path("/health"))
	var ill atomic.Bool
	b := add(t, s, g, "a", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/health" && ill.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	assert.True(t, b.changes(t).Healthy)
	ill.Store(true)
	assert.Equal(t, "Health checks failed with these codes: [503]", b.changes(t).Reason)
	code, _ := get(t, g.URL())
	assert.Equal(t, http.StatusServiceUnavailable, code)
	ill.Store(false)
	assert.True(t, b.changes(t).Healthy)
	code, _ = get(t, g.URL())
	assert.Equal(t, http.StatusOK, code)
}

func TestHealthChecksLookLikeThoseOfELB(t *testing.T) {
	s := newSet(t)
	got := make(chan *http.Request, 1)
	g := s.Group("web", targetgroup.Path("/up?deep=1"), targetgroup.Matcher(targetgroup.Codes(200, 299)))
	b := add(t, s, g, "a", func(w http.ResponseWriter, r *http.Request) {
		got <- r
		w.WriteHeader(http.StatusNoContent)
	})
	assert.True(t, b.changes(t).Healthy)
	r := <-got
	assert.Equal(t, "/up?deep=1", r.URL.String())
	assert.Equal(t, "ELB-HealthChecker/2.0", r.UserAgent())
}

func TestASlowHealthCheckTimesOut(t *testing.T) {
	s := newSet(t)
	g := s.Group("web", targetgroup.Timeout(time.Millisecond), targetgroup.Interval(time.Millisecond))
	b := add(t, s, g, "a", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	assert.Equal(t, "Request timed out", b.changes(t).Reason)
}

func TestHeadersAreThoseOfALoadBalancer(t *testing.T) {
	s := newSet(t)
	g := s.Group("web")
	got := make(chan *http.Request, 2)
	b := add(t, s, g, "a", func(_ http.ResponseWriter, r *http.Request) { got <- r })
	b.changes(t)
	<-got
	req, err := http.NewRequest(http.MethodGet, g.URL()+"/path?q=1;2", nil)
	require.NoError(t, err)
	req.Host = "shop.example:8443"
	req.Header.Set("X-Forwarded-For", "10.1.2.3")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	res.Body.Close()
	r := <-got
	assert.Equal(t, "shop.example:8443", r.Host)
	assert.Equal(t, "/path?q=1;2", r.URL.String())
	assert.Equal(t, "10.1.2.3, 127.0.0.1", r.Header.Get("X-Forwarded-For"))
	assert.Equal(t, "http", r.Header.Get("X-Forwarded-Proto"))
	assert.Equal(t, "8443", r.Header.Get("X-Forwarded-Port"))
	assert.Empty(t, r.Header.Get("X-Forwarded-Host"))
	assert.Regexp(t, `^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$`, r.Header.Get("X-Amzn-Trace-Id"))
}

func TestATargetThatRefusesIs502(t *testing.T) {
	s := newSet(t)
	g := s.Group("web", targetgroup.Check(func(context.Context, server.Target) error { return nil }))
	srv := httptest.NewServer(says(""))
	srv.Close()
	health := make(chan server.TargetHealth, 1)
	require.NoError(t, s.Register(t.Context(), server.Target{Group: g.ARN, Task: "a", Address: srv.Listener.Addr().String()},
		func(h server.TargetHealth) { health <- h }))
	<-health
	code, body := get(t, g.URL())
	assert.Equal(t, http.StatusBadGateway, code)
	assert.Contains(t, body, "task a: dial tcp")
}

// A target that is taken out finishes what it has and gets nothing new.
func TestDraining(t *testing.T) {
	s := newSet(t)
	g := s.Group("web", targetgroup.Path("/health"))
	arrived, finish := make(chan struct{}), make(chan struct{})
	old := add(t, s, g, "old", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(arrived)
			<-finish
		}
		fmt.Fprint(w, "old")
	})
	old.changes(t)
	slow := make(chan string, 1)
	go func() {
		_, body := get(t, g.URL()+"/slow")
		slow <- body
	}()
	<-arrived
	add(t, s, g, "new", says("new")).changes(t)

	drained := make(chan error, 1)
	go func() { drained <- s.Deregister(t.Context(), old.Target) }()
	require.Eventually(t, func() bool { return g.Targets()[0].State == targetgroup.Draining }, 5*time.Second, time.Millisecond)
	for range 5 {
		_, body := get(t, g.URL())
		assert.Equal(t, "new", body)
	}
	select {
	case err := <-drained:
		t.Fatal("it returned before the request ended: ", err)
	default:
	}
	close(finish)
	assert.Equal(t, "old", <-slow)
	require.NoError(t, <-drained)
	assert.Len(t, g.Targets(), 1)
	assert.Empty(t, old.health, "a draining target has no health")
}

func TestTheDelayCutsOffWhatIsInFlight(t *testing.T) {
	for name, c := range map[string]struct {
		delay, wait time.Duration
		want        error
	}{
		"the delay is over":    {time.Millisecond, time.Minute, nil},
		"the context is ended": {time.Minute, time.Millisecond, context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSet(t)
			g := s.Group("web", targetgroup.Path("/health"), targetgroup.DeregistrationDelay(c.delay))
			arrived := make(chan struct{})
			b := add(t, s, g, "a", func(_ http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/health" {
					close(arrived)
					<-r.Context().Done()
				}
			})
			b.changes(t)
			code := make(chan int, 1)
			go func() {
				n, _ := get(t, g.URL())
				code <- n
			}()
			<-arrived
			ctx, cancel := context.WithTimeout(t.Context(), c.wait)
			defer cancel()
			require.ErrorIs(t, s.Deregister(ctx, b.Target), c.want)
			assert.Equal(t, http.StatusBadGateway, <-code)
		})
	}
}

// Under steady traffic targets come and go, and no request fails.
func TestNoRequestFailsWhileTargetsAreReplaced(t *testing.T) {
	s := newSet(t)
	g := s.Group("web", targetgroup.Scaled(0.001))
	current := add(t, s, g, "0", says("0"))
	current.changes(t)
	ctx, stop := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	var sent, failed atomic.Int64
	for range 4 {
		clients.Go(func() {
			for ctx.Err() == nil {
				res, err := http.Post(g.URL(), "text/plain", strings.NewReader("hello"))
				sent.Add(1)
				if err != nil || res.StatusCode != http.StatusOK {
					failed.Add(1)
				}
				if err == nil {
					_, _ = io.Copy(io.Discard, res.Body)
					res.Body.Close()
				}
			}
		})
	}
	for i := range 10 {
		next := add(t, s, g, fmt.Sprint(i+1), says("next"))
		next.changes(t)
		require.NoError(t, s.Deregister(t.Context(), current.Target))
		current = next
	}
	stop()
	clients.Wait()
	assert.Zero(t, failed.Load(), "of %d requests", sent.Load())
	assert.NotZero(t, sent.Load())
	http.DefaultClient.CloseIdleConnections()
}

func TestNamesAndARNs(t *testing.T) {
	s := newSet(t)
	g := s.Group("web")
	assert.Regexp(t, `^arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/web/[0-9a-f]{16}$`, g.ARN)
	assert.Same(t, g, s.Group(g.ARN))
	assert.Same(t, g, s.Group("web"))
	const arn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/api/0123456789abcdef"
	api := s.Group(arn)
	assert.Equal(t, []string{arn, "api"}, []string{api.ARN, api.Name})
	assert.True(t, s.Known(arn))
	assert.False(t, s.Known(strings.Replace(arn, "api", "no", 1)))
	require.ErrorContains(t, s.Register(t.Context(), server.Target{Group: "no"}, nil), "the target group no does not exist")
	require.NoError(t, s.Deregister(t.Context(), server.Target{Group: "no"}))
	require.NoError(t, s.Deregister(t.Context(), server.Target{Group: arn, Task: "no"}))
}

func TestCheckDecidesOnHealth(t *testing.T) {
	s := newSet(t, targetgroup.Check(func(context.Context, server.Target) error { return errors.New("out of order") }))
	g := s.Group("web", targetgroup.Interval(time.Millisecond))
	b := add(t, s, g, "a", says(""))
	assert.Equal(t, server.TargetHealth{Checked: true, Reason: "out of order"}, b.changes(t))
	s.Group("web", targetgroup.Check(func(context.Context, server.Target) error { return nil }))
	assert.Equal(t, server.TargetHealth{Healthy: true, Checked: true}, b.changes(t))
}

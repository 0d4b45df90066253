package targetgroup_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/memnet"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/targetgroup"
)

func TestARuleSplitsRequestsByWeight(t *testing.T) {
	s := newSet(t)
	blue, green := s.Group("blue"), s.Group("green")
	for _, g := range []*targetgroup.Group{blue, green} {
		add(t, s, g, g.Name, says(g.Name)).changes(t)
	}
	r := s.Rule("prod", blue)
	assert.Same(t, r, s.Rule(r.ARN))
	for _, c := range []struct{ blue, green float64 }{{100, 0}, {90, 10}, {50, 50}, {0, 100}} {
		require.NoError(t, s.Shift(t.Context(), r.ARN, map[string]float64{blue.ARN: c.blue, green.ARN: c.green}))
		counts := map[string]float64{"blue": 0, "green": 0}
		for range 100 {
			_, body := get(t, r.URL())
			counts[body]++
		}
		assert.Equal(t, map[string]float64{"blue": c.blue, "green": c.green}, counts)
		assert.Equal(t, map[string]float64{blue.ARN: c.blue, green.ARN: c.green}, r.Weights())
	}
	require.ErrorContains(t, s.Shift(t.Context(), "no", nil), "does not exist")
}

func TestARuleBeginsWithItsGroups(t *testing.T) {
	s := newSet(t)
	code, _ := get(t, s.Rule("empty").URL())
	assert.Equal(t, http.StatusServiceUnavailable, code)
	blue, green := s.Group("blue"), s.Group("green")
	assert.Equal(t, map[string]float64{blue.ARN: 50, green.ARN: 50}, s.Rule("both", blue, green).Weights())
}

// A new target that begins to listen between two checks is found at once.
func TestANewTargetIsFoundBetweenChecks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := targetgroup.NewSet("000000000000", "us-east-1")
		began := time.Now()
		g := s.Group("web", targetgroup.Check(func(context.Context, server.Target) error {
			if time.Since(began) < 7*time.Second {
				return errors.New("not yet")
			}
			return nil
		}))
		health := make(chan server.TargetHealth, 1)
		require.NoError(t, s.Register(t.Context(), server.Target{Group: g.ARN, Task: "a"}, func(h server.TargetHealth) { health <- h }))
		assert.True(t, (<-health).Healthy)
		assert.Equal(t, 7*time.Second, time.Since(began))
		require.NoError(t, s.Close(t.Context()))
	})
}

// In a synctest bubble an hour of health checks takes no time.
func TestVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var network memnet.Network
		s := targetgroup.NewSet("000000000000", "us-east-1")
		g := s.Group("web", targetgroup.Dial(func(ctx context.Context, t server.Target) (net.Conn, error) { return network.Dial(ctx, t.Address) }))
		target := server.Target{Group: g.ARN, Task: "a", Address: "10.0.0.4:80"}
		health := make(chan server.TargetHealth, 10)
		require.NoError(t, s.Register(t.Context(), target, func(h server.TargetHealth) { health <- h }))
		began := time.Now()

		first := <-health
		assert.False(t, first.Healthy)
		assert.Equal(t, "Health checks failed: dial tcp 10.0.0.4:80: connect: connection refused", first.Reason)
		assert.Equal(t, 30*time.Second, time.Since(began), "the second check")

		l, err := network.Listen("10.0.0.4:80")
		require.NoError(t, err)
		srv := serve(l, says("here"))
		assert.True(t, (<-health).Healthy)
		assert.Equal(t, 180*time.Second, time.Since(began), "five good checks")

		res, err := g.Client().Get("http://web/")
		require.NoError(t, err)
		res.Body.Close()
		assert.Equal(t, http.StatusOK, res.StatusCode)
		assert.Panics(t, func() { g.URL() })

		require.NoError(t, s.Deregister(t.Context(), target))
		require.NoError(t, srv.Shutdown(t.Context()))
		require.NoError(t, s.Close(t.Context()))
	})
}

func serve(l net.Listener, h http.Handler) *http.Server {
	srv := &http.Server{Handler: h}
	go func() { _ = srv.Serve(l) }()
	return srv
}

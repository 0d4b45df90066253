package targetgroup_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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

// In a synctest bubble targets listen on a Network, and an hour of health
// checks takes no time.
func TestVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := targetgroup.NewNetwork()
		s := targetgroup.NewSet("000000000000", "us-east-1")
		g := s.Group("web", network.Dial())
		target := server.Target{Group: g.ARN, Task: "arn:aws:ecs:us-east-1:000000000000:task/default/1", Port: 80}
		health := make(chan server.TargetHealth, 10)
		require.NoError(t, s.Register(t.Context(), target, func(h server.TargetHealth) { health <- h }))
		began := time.Now()

		first := <-health
		assert.False(t, first.Healthy)
		assert.Contains(t, first.Reason, "connection refused")
		assert.Equal(t, 30*time.Second, time.Since(began), "the second check")

		l, err := network.Listen("1", 80)
		require.NoError(t, err)
		_, err = network.Listen("1", 80)
		require.ErrorContains(t, err, "address already in use")
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

func ExampleNetwork() {
	network := targetgroup.NewNetwork()
	set := targetgroup.NewSet("000000000000", "us-east-1", network.Dial())
	defer set.Close(context.Background())
	web := set.Group("web")

	l, _ := network.Listen("1", 80)
	defer serve(l, says("hello from task 1")).Close()

	healthy := make(chan server.TargetHealth)
	_ = set.Register(context.Background(), server.Target{Group: web.ARN, Task: "1", Port: 80},
		func(h server.TargetHealth) { healthy <- h })
	fmt.Println((<-healthy).Healthy)

	res, err := web.Client().Get("http://web/")
	if err != nil {
		panic(err)
	}
	defer res.Body.Close()
	fmt.Println(res.Status)
	// Output:
	// true
	// 200 OK
}

package simulated_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// serving starts a container with port 80 and returns where it is reached.
func serving(t *testing.T, mode runtime.NetworkMode, steps ...simulated.Step) (*simulated.Live, *http.Client, string) {
	t.Helper()
	rt := newRuntime(t, simulated.On(simulated.Image("web"), steps...))
	task := newTask(t, rt, runtime.TaskSpec{ID: "t1", NetworkMode: mode})
	c, err := task.Create(t.Context(), runtime.ContainerSpec{Name: "app", Image: "web", Ports: []runtime.Port{{ContainerPort: 80}}})
	require.NoError(t, err)
	began, err := c.Start(t.Context())
	require.NoError(t, err)
	address := "127.0.0.1:80"
	switch mode {
	case runtime.AWSVPC:
		address = task.Network().IP + ":80"
	case runtime.Bridge:
		address = fmt.Sprintf("127.0.0.1:%d", began.Bindings[0].HostPort)
	}
	live, _ := rt.Find("t1", "app")
	return live, &http.Client{Transport: &http.Transport{DialContext: rt.DialContext, DisableKeepAlives: true}}, "http://" + address
}

func TestPortsAreReached(t *testing.T) {
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hello "+r.URL.Path) })
	listen := func(ctx context.Context, p simulated.Process) int {
		l, err := p.Listen(80)
		if err != nil {
			return 1
		}
		_, err = p.Listen(80)
		assert.ErrorIs(t, err, syscall.EADDRINUSE)
		_ = http.Serve(l, hello)
		<-ctx.Done()
		return 0
	}
	for name, c := range map[string]struct {
		steps []simulated.Step
		want  string
	}{
		"unscripted":       {nil, "container app (web) of task t1\n"},
		"Serve":            {[]simulated.Step{simulated.Serve(hello)}, "hello /x"},
		"Func that serves": {[]simulated.Step{simulated.Func(listen)}, "hello /x"},
	} {
		for _, mode := range []runtime.NetworkMode{runtime.Bridge, runtime.AWSVPC, runtime.Host} {
			t.Run(name+" "+string(mode), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					live, client, url := serving(t, mode, c.steps...)
					synctest.Wait()
					res, err := client.Get(url + "/x")
					require.NoError(t, err)
					body, err := io.ReadAll(res.Body)
					require.NoError(t, err)
					require.NoError(t, res.Body.Close())
					assert.Equal(t, c.want, string(body))
					require.NoError(t, live.Exit(1))
					_, err = client.Get(url)
					require.ErrorIs(t, err, syscall.ECONNREFUSED)
				})
			})
		}
	}
}

func TestTheEndCutsRequestsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, client, url := serving(t, runtime.Bridge, simulated.Serve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })))
		time.AfterFunc(time.Minute, func() { _ = live.Kill() })
		began := time.Now()
		_, err := client.Get(url)
		require.ErrorIs(t, err, io.EOF)
		assert.Equal(t, time.Minute, time.Since(began))
	})
}

func TestAFuncThatDoesNotListenRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, client, url := serving(t, runtime.AWSVPC, simulated.Func(func(ctx context.Context, p simulated.Process) int {
			_, err := p.Listen(81)
			assert.NoError(t, err, "its interface has all ports")
			<-ctx.Done()
			_, err = p.Listen(82)
			assert.ErrorContains(t, err, "isn't running", "it was killed")
			return 0
		}))
		synctest.Wait()
		_, err := client.Get(url)
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		require.NoError(t, live.Kill())
	})
}

func TestListenNeedsAPublishedPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		serving(t, runtime.Bridge, simulated.Func(func(_ context.Context, p simulated.Process) int {
			_, err := p.Listen(81)
			assert.ErrorContains(t, err, `container "app" has not published port 81`)
			return 0
		}))
		synctest.Wait()
	})
}

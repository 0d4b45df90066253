package docker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"
)

// ErrNoEngine says that no Docker engine answers.
var ErrNoEngine = errors.New("no Docker engine answers: start Docker, or set DOCKER_HOST to an engine that runs, and try again")

// connectTimeout bounds the wait for an engine to answer. One that is busy with
// the containers of others takes seconds.
const connectTimeout = 15 * time.Second

// testcontainers tells its default logger about each connection. It is
// replaced before anything runs, since it has no lock; who wants to read it
// sets it again.
func init() { tclog.SetDefault(tclog.NewNoopLogger()) }

// engine is the connection to a Docker engine.
type engine struct {
	provider *testcontainers.DockerProvider
	client   client.APIClient
	log      *slog.Logger
	reaper   flights[struct{}]
	builds   flights[string] // of the holder's image
}

// connect finds the engine as testcontainers does: its properties file,
// DOCKER_HOST, the Docker context, then the usual sockets.
func connect(ctx context.Context) (*engine, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	type answer struct {
		provider *testcontainers.DockerProvider
		err      error
	}
	answers := make(chan answer, 1)
	go func() { // it takes no context
		p, err := testcontainers.NewDockerProvider(
			testcontainers.WithLogger(tclog.NewNoopLogger()),
			testcontainers.WithDefaultBridgeNetwork(testcontainers.Bridge))
		answers <- answer{p, err}
	}()
	select {
	case a := <-answers:
		if a.err != nil {
			return nil, fmt.Errorf("%w (%w)", ErrNoEngine, a.err)
		}
		return newEngine(ctx, a.provider)
	case <-ctx.Done():
		return nil, fmt.Errorf("%w (%w)", ErrNoEngine, ctx.Err())
	}
}

func newEngine(ctx context.Context, p *testcontainers.DockerProvider) (*engine, error) {
	return useEngine(ctx, p, p.Client())
}

func useEngine(ctx context.Context, p *testcontainers.DockerProvider, c client.APIClient) (*engine, error) {
	e := &engine{provider: p, client: c, log: slog.New(slog.DiscardHandler)}
	p.SetClient(trusting{e.client})
	if _, err := e.client.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true}); err != nil {
		e.close()
		return nil, fmt.Errorf("%w (%w)", ErrNoEngine, err)
	}
	if err := asAsked(e.client.DaemonHost()); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// asAsked fails if DOCKER_HOST names another engine than the one that was
// found: testcontainers goes on to the usual sockets where the named engine
// doesn't answer, and containers would turn up where nobody expects them. Its
// own tc.host goes before DOCKER_HOST.
func asAsked(found string) error {
	asked := os.Getenv("DOCKER_HOST")
	if asked == "" || asked == found || found == testcontainers.ReadConfig().Config.TestcontainersHost {
		return nil
	}
	return fmt.Errorf("%w (DOCKER_HOST is %s)", ErrNoEngine, asked)
}

func (e *engine) close() { _ = e.client.Close() }

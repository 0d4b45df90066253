package docker

import (
	"context"
	"crypto/sha256"
	_ "embed" // the holder's source
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// A holder is a container that keeps namespaces for others to join.

//go:embed holder/main.go
var holderSource []byte

// agentHost is the name under which a holder knows the host.
const agentHost = "host.docker.internal"

// holderImage returns the image of the holder, made of the program in a file
// or else of the source. It is built on first use and kept by the engine.
func (e *engine) holderImage(ctx context.Context, file string) (string, error) {
	return e.builds.do(ctx, "holder", func(ctx context.Context) (string, error) {
		arch, err := e.arch(ctx)
		if err != nil {
			return "", err
		}
		seed := append([]byte(arch+"\n"), holderSource...)
		build := func() ([]byte, error) { return buildHolder(ctx, arch) }
		if file != "" {
			if seed, err = os.ReadFile(file); err != nil {
				return "", fmt.Errorf("the namespace holder: %w", err)
			}
			build = func() ([]byte, error) { return seed, nil }
		}
		return e.holderOf(ctx, seed, build)
	})
}

// holderOf makes an image that is named after its seed, unless it is there.
func (e *engine) holderOf(ctx context.Context, seed []byte, build func() ([]byte, error)) (string, error) {
	sum := sha256.Sum256(seed)
	content := hex.EncodeToString(sum[:])
	name := "ecsfixture-holder:" + content[:12]
	if e.imageHolds(ctx, name, content) {
		return name, nil
	}
	binary, err := build()
	if err != nil {
		return "", err
	}
	return name, e.importApp(ctx, name, content, binary)
}

func buildHolder(ctx context.Context, arch string) ([]byte, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, fmt.Errorf("the first task that needs a namespace holder builds it with the Go toolchain: put go on the PATH (%w)", err)
	}
	dir, err := os.MkdirTemp("", "ecsfixture-holder-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string][]byte{"go.mod": []byte("module holder\n\ngo 1.22\n"), "main.go": holderSource} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return nil, err
		}
	}
	// The user's workspace and flags are for the user's modules.
	return goBuild(ctx, dir, arch, "GOWORK=off", "GOFLAGS=")
}

// holder is a container that keeps namespaces for others.
type holder struct {
	created
	agent bool // it leads to the task's endpoint
}

func (t *Task) createHolder(ctx context.Context, name string, config container.Config, host container.HostConfig, agent bool) (holder, error) {
	image, err := t.rt.engine.holderImage(ctx, t.rt.holder)
	if err != nil {
		return holder{}, err
	}
	config.Image = image
	config.Labels = t.labels()
	host.LogConfig = logConfig
	if agent {
		config.Cmd = []string{"-agent", agentAddress(t.spec.Agent)}
		host.CapAdd = []string{"NET_ADMIN", "SYS_ADMIN"} // for the link and its namespace
		host.ExtraHosts = append(host.ExtraHosts, agentHost+":host-gateway")
	}
	c, err := t.rt.engine.create(ctx, creation{t.containerName(name), &config, &host})
	if err == nil {
		t.own(c)
	}
	return holder{c, agent}, err
}

// runHolder starts a holder and waits until the address of the endpoint is
// there.
func (e *engine) runHolder(ctx context.Context, h holder) error {
	if err := e.start(ctx, h.created); err != nil || !h.agent {
		return err
	}
	return e.awaitReady(ctx, h.id)
}

// agentAddress is where a holder reaches the host's endpoint.
func agentAddress(agent string) string {
	host, port, err := net.SplitHostPort(agent)
	if err != nil {
		return agent
	}
	ip := net.ParseIP(host)
	if host == "" || host == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		host = agentHost
	}
	return net.JoinHostPort(host, port)
}

// awaitReady reads a holder's output until it says that it is ready.
func (e *engine) awaitReady(ctx context.Context, id string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready := false
	logs, err := e.client.ContainerLogs(ctx, id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Follow: true})
	if err != nil {
		return err
	}
	defer logs.Close()
	var complaints []string
	err = readFrames(logs, func(_ runtime.Stream, message []byte) {
		if line := strings.TrimSpace(string(message)); line == "ready" {
			ready = true
			cancel()
		} else {
			complaints = append(complaints, line)
		}
	})
	if ready {
		return nil
	}
	return errors.Join(err, fmt.Errorf("the namespace holder ended: %s", strings.Join(complaints, "; ")))
}

package docker

import (
	"context"
	"errors"
	"io"

	"github.com/moby/moby/client"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Exec implements [runtime.Executor]. Both streams of the command go to out.
func (c *Container) Exec(ctx context.Context, argv []string, out io.Writer) (int, error) {
	cli := c.task.rt.engine.client
	exec, err := cli.ExecCreate(ctx, c.id, client.ExecCreateOptions{Cmd: argv, AttachStdout: true, AttachStderr: true})
	if err != nil {
		return 0, daemonError(err)
	}
	exited := c.task.rt.expectExit(exec.ID)
	defer c.task.rt.forgetExit(exec.ID)
	stream, err := cli.ExecAttach(ctx, exec.ID, client.ExecAttachOptions{})
	if err != nil {
		return 0, daemonError(err)
	}
	defer stream.Close()
	stop := context.AfterFunc(ctx, stream.Close)
	defer stop()
	var failed error
	err = readFrames(stream.Reader, func(_ runtime.Stream, b []byte) {
		if failed == nil {
			_, failed = out.Write(b)
		}
	})
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err := errors.Join(err, failed); err != nil {
		return 0, err
	}
	return c.execExit(ctx, exec.ID, exited)
}

// execExit returns the exit code of a command whose output has ended. The
// engine notes the code a little later than that.
func (c *Container) execExit(ctx context.Context, id string, exited <-chan int) (int, error) {
	info, err := c.task.rt.engine.client.ExecInspect(ctx, id, client.ExecInspectOptions{})
	if err != nil || !info.Running {
		return info.ExitCode, err
	}
	select {
	case code := <-exited:
		return code, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (r *Runtime) expectExit(exec string) <-chan int {
	exited := make(chan int, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.execs[exec] = exited
	return exited
}

func (r *Runtime) forgetExit(exec string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.execs, exec)
}

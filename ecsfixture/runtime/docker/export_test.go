package docker

import (
	"context"
	"strconv"

	"github.com/moby/moby/client"
)

// OwnerOf is the label of a process of this host with another start time
// than it has, if it runs at all.
func OwnerOf(pid int) string {
	o := self()
	o.pid, o.start = pid, strconv.Itoa(pid)
	return o.String()
}

// NewAt is New with another way to the engine.
func NewAt(ctx context.Context, host string, opts ...Option) (*Runtime, error) {
	direct, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer direct.close()
	c, err := client.New(client.WithHost(host))
	if err != nil {
		return nil, err
	}
	eng, err := useEngine(ctx, direct.provider, c)
	if err != nil {
		return nil, err
	}
	return newRuntime(ctx, eng, newOptions(opts)), nil
}

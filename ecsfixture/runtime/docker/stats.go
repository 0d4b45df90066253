package docker

import (
	"context"
	"encoding/json"
	"io"

	"github.com/moby/moby/client"
)

// Stats implements [runtime.Container].
func (c *Container) Stats(ctx context.Context) (json.RawMessage, error) {
	res, err := c.task.rt.engine.client.ContainerStats(ctx, c.id, client.ContainerStatsOptions{})
	if err != nil {
		return nil, daemonError(err)
	}
	defer res.Body.Close()
	return io.ReadAll(res.Body)
}

package simulated

import (
	"context"
	"fmt"
	"io"
)

// Exec implements [runtime.Executor] with the script's OnExec.
func (c *container) Exec(ctx context.Context, argv []string, out io.Writer) (int, error) {
	if err := c.steer(func(*run) {}); err != nil {
		return 0, err
	}
	if c.script.exec == nil {
		return 0, fmt.Errorf("simulated: container %q can't run %q: its script has no OnExec", c.spec.Name, argv)
	}
	return c.script.exec(ctx, argv, out)
}

package server

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestScaled(t *testing.T) {
	for _, c := range []struct {
		count   int
		percent float64
		want    int
	}{
		{0, 100, 0}, {3, 0, 0}, {3, 100, 3}, {3, 50, 2}, {3, 33.3, 1}, {3, 33.4, 2}, {1, 0.1, 1}, {250, 64.4, 161}, {1000, 0.7, 7},
	} {
		assert.Equal(t, c.want, scaled(c.count, c.percent), "%v%% of %d", c.percent, c.count)
	}
}

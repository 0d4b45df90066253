package server

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestDeploymentsAreNotBeforeTheirCall(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct{ after, want time.Duration }{{0, 0}, {1, time.Millisecond}, {999_999, time.Millisecond}, {time.Millisecond, time.Millisecond}} {
		assert.Equal(t, at.Add(c.want), wholeMilli(at.Add(c.after)))
	}
	called := time.Now()
	told := newDeployment(&serviceRevision{}).createdAt.Truncate(time.Millisecond)
	assert.False(t, told.Before(called))
}

package server_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
)

// TestATaskWakesItsOwnWaiters and no others: a thousand waiters for a
// thousand tasks would spend their time waking each other.
func TestATaskWakesItsOwnWaiters(t *testing.T) {
	inWorld(t, func(w *world) {
		quiet := w.run(types.NetworkModeBridge, container("app"))
		w.until(quiet, "RUNNING")
		var looks atomic.Int32
		go func() {
			_, _ = w.AwaitTask(w.Context(), quiet, func(task types.Task) bool { looks.Add(1); return *task.LastStatus == "STOPPED" })
		}()
		synctest.Wait()
		other := w.run(types.NetworkModeBridge, container("app"))
		w.until(other, "RUNNING")
		w.stop(other, "")
		w.until(other, "STOPPED")
		synctest.Wait()
		assert.Equal(t, int32(1), looks.Load())

		w.stop(quiet, "")
		w.until(quiet, "STOPPED")
		synctest.Wait()
		assert.Greater(t, looks.Load(), int32(1))
	})
}

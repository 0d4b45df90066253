package logs_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
)

// recorder is a test that notes how it fails.
type recorder struct {
	ctx      context.Context
	deadline time.Time
	failure  string
}

func (r *recorder) Helper()                     {}
func (r *recorder) Context() context.Context    { return r.ctx }
func (r *recorder) Deadline() (time.Time, bool) { return r.deadline, !r.deadline.IsZero() }
func (r *recorder) Fatalf(format string, args ...any) {
	r.failure = fmt.Sprintf(format, args...)
}

func TestWaitForReturnsAsSoonAsTheLineComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, start := filled(), time.Now()
		time.AfterFunc(3*time.Second, func() { s.Writer(task1, "app")(out("listening on :80")) })
		assert.Equal(t, "ready 1", s.WaitFor(t, logs.Contains("ready")).Text)
		assert.Equal(t, "listening on :80", s.WaitFor(t, logs.Match(`listening on :\d+`)).Text)
		assert.Equal(t, 3*time.Second, time.Since(start))
	})
}

func TestWaitForFailsWithWhatWasSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r, start := filled(), &recorder{ctx: t.Context()}, time.Now()
		s.WaitFor(r, logs.Task(task1), logs.Container("app"), logs.Contains("listening"))
		assert.Equal(t, logs.DefaultTimeout, time.Since(start))
		assert.Equal(t, `no line of task 11111111111111111111111111111111 of container app that contains "listening" within 30s; 2 of the 2 lines there:
  12:00:00.250 11111111/app stdout| starting
  12:00:00.250 11111111/app stderr| ready 3`, r.failure)
	})
}

// TestWaitForFailsWithoutLines names the containers that have some.
func TestWaitForFailsWithoutLines(t *testing.T) {
	s, r := filled(), &recorder{ctx: t.Context()}
	s.Within(0).WaitFor(r, logs.Container("ap"), logs.Contains("ready"))
	assert.Regexp(t, `^no line of container ap that contains "ready" within 0s; lines came from app.* alone$`, r.failure)
	logs.NewSink().Within(0).WaitFor(r)
	assert.Equal(t, "no line within 0s; no container wrote a line", r.failure)
}

func TestWaitForIsBound(t *testing.T) {
	for name, c := range map[string]struct {
		wait func(s *logs.Sink, r *recorder)
		want time.Duration
	}{
		"by an option": {func(_ *logs.Sink, r *recorder) { logs.NewSink(logs.Timeout(time.Minute)).WaitFor(r) }, time.Minute},
		"by a view":    {func(s *logs.Sink, r *recorder) { s.Within(time.Second).WaitFor(r, logs.Contains("x")) }, time.Second},
		"by the test": {func(s *logs.Sink, r *recorder) {
			r.deadline = time.Now().Add(9 * time.Second)
			s.WaitFor(r, logs.Contains("x"))
		}, 4 * time.Second},
		"by its end":    {func(s *logs.Sink, r *recorder) { s.Done(task1); s.WaitFor(r, logs.Task(task1), logs.Contains("x")) }, 0},
		"by the sink's": {func(s *logs.Sink, r *recorder) { s.Close(); s.WaitFor(r, logs.Contains("x")) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, r := time.Now(), &recorder{ctx: t.Context()}
				c.wait(filled(), r)
				assert.Equal(t, c.want, time.Since(start))
				assert.NotEmpty(t, r.failure)
			})
		})
	}
}

func TestWaitForShowsTheLastLines(t *testing.T) {
	s, r := logs.NewSink(), &recorder{ctx: t.Context()}
	write := s.Writer(task1, "app")
	for i := range 30 {
		write(out(fmt.Sprint("line ", i)))
	}
	s.Close()
	s.WaitFor(r, logs.Contains("x"))
	assert.Contains(t, r.failure, "and no more lines will come; 20 of the 30 lines there:\n  12:00:00.250 11111111/app stdout| line 10\n")
	assert.NotContains(t, r.failure, "line 9\n")
}

func TestWaitTellsWhyItEnded(t *testing.T) {
	s := filled()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Wait(ctx, logs.Contains("x"))
	require.ErrorIs(t, err, context.Canceled)
	assert.ErrorContains(t, err, `no line that contains "x": context canceled`)

	s.Done(task2)
	_, err = s.Wait(t.Context(), logs.Task(task2), logs.Contains("x"))
	require.ErrorIs(t, err, logs.ErrOver)

	l, err := s.Wait(t.Context(), logs.Contains("ready"))
	require.NoError(t, err)
	assert.Equal(t, "ready 1", l.Text)
}

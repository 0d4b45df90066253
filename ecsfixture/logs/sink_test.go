package logs_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

const (
	task1 = "arn:aws:ecs:eu-west-1:123456789012:task/default/11111111111111111111111111111111"
	task2 = "arn:aws:ecs:eu-west-1:123456789012:task/default/22222222222222222222222222222222"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 250e6, time.UTC)

func out(text string) runtime.Line {
	return runtime.Line{Time: noon, Stream: runtime.Stdout, Text: text}
}

func errLine(text string) runtime.Line {
	return runtime.Line{Time: noon, Stream: runtime.Stderr, Text: text}
}

// filled has lines of three containers in two tasks.
func filled(opts ...logs.Option) *logs.Sink {
	s := logs.NewSink(opts...)
	app, side, other := s.Writer(task1, "app"), s.Writer(task1, "side"), s.Writer(task2, "app")
	app(out("starting"))
	side(out("ready 1"))
	other(errLine("ready 2"))
	app(errLine("ready 3"))
	return s
}

func TestLinesPassAllFilters(t *testing.T) {
	s := filled()
	for name, c := range map[string]struct {
		filter []logs.Filter
		want   string
	}{
		"all":       {nil, "starting\nready 1\nready 2\nready 3\n"},
		"task ARN":  {[]logs.Filter{logs.Task(task1)}, "starting\nready 1\nready 3\n"},
		"task ID":   {[]logs.Filter{logs.Task(task2[len(task2)-32:])}, "ready 2\n"},
		"container": {[]logs.Filter{logs.Container("app")}, "starting\nready 2\nready 3\n"},
		"stream":    {[]logs.Filter{logs.Stream(runtime.Stderr)}, "ready 2\nready 3\n"},
		"contains":  {[]logs.Filter{logs.Contains("art")}, "starting\n"},
		"match":     {[]logs.Filter{logs.Match(`^ready [12]$`)}, "ready 1\nready 2\n"},
		"where":     {[]logs.Filter{logs.Where("long", func(l logs.Line) bool { return len(l.Text) > 7 })}, "starting\n"},
		"both":      {[]logs.Filter{logs.Task(task1), logs.Contains("ready")}, "ready 1\nready 3\n"},
		"none":      {[]logs.Filter{logs.Task("no such task")}, ""},
	} {
		assert.Equal(t, c.want, s.Text(c.filter...), name)
	}
}

func TestLineTellsWhereItComesFrom(t *testing.T) {
	got := filled().Lines(logs.Contains("ready 3"))
	require.Len(t, got, 1)
	assert.Equal(t, logs.Line{
		Time: noon, TaskARN: task1, TaskID: "11111111111111111111111111111111",
		Container: "app", Stream: runtime.Stderr, Text: "ready 3",
	}, got[0])
	assert.Equal(t, "12:00:00.250 11111111/app stderr| ready 3", got[0].String())
}

func TestKeepBoundsEachContainer(t *testing.T) {
	s := logs.NewSink(logs.Keep(3))
	noisy, quiet := s.Writer(task1, "noisy"), s.Writer(task1, "quiet")
	quiet(out("first"))
	for i := range 10 {
		noisy(out(fmt.Sprint(i)))
		assert.LessOrEqual(t, len(s.Lines(logs.Container("noisy"))), 3)
	}
	assert.Equal(t, "first\n7\n8\n9\n", s.Text())
}

func TestLinesAreCopies(t *testing.T) {
	s := filled()
	s.Lines()[0].Text = "changed"
	assert.Equal(t, "starting", s.Lines()[0].Text)
}

func TestFollowYieldsWhatIsThereThenWhatComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := filled()
		var got []string
		go func() {
			for l := range s.Follow(t.Context(), logs.Contains("ready")) {
				got = append(got, l.Text)
			}
		}()
		synctest.Wait()
		assert.Equal(t, []string{"ready 1", "ready 2", "ready 3"}, got)
		s.Writer(task2, "late")(out("ready 4"))
		synctest.Wait()
		assert.Equal(t, []string{"ready 1", "ready 2", "ready 3", "ready 4"}, got)
		s.Close() // or the bubble would not end
	})
}

func TestFollowEnds(t *testing.T) {
	ends := map[string]func(s *logs.Sink, cancel func()){
		"with the context":  func(_ *logs.Sink, cancel func()) { cancel() },
		"with the sink":     func(s *logs.Sink, _ func()) { s.Close() },
		"with the ARN done": func(s *logs.Sink, _ func()) { s.Done(task1) },
		"with the ID done":  func(s *logs.Sink, _ func()) { s.Done(task1[len(task1)-32:]) },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				s, n, ended := filled(), 0, false
				go func() {
					for range s.Follow(ctx, logs.Task(task1)) {
						n++
					}
					ended = true
				}()
				s.Done(task2) // of no concern
				synctest.Wait()
				assert.False(t, ended)
				end(s, cancel)
				synctest.Wait()
				assert.True(t, ended)
				assert.Equal(t, 3, n)
			})
		})
	}
}

func TestFollowAfterTheEndYieldsWhatIsThere(t *testing.T) {
	s := filled()
	s.Done(task1)
	assert.Len(t, slices.Collect(s.Follow(t.Context(), logs.Task(task1))), 3)
	s.Close()
	assert.Len(t, slices.Collect(s.Follow(t.Context())), 4)
}

// Each of many lines comes once and in the order of its container, whatever
// follows and writes at the same time.
func TestFollowMissesNothing(t *testing.T) {
	const writers, followers, each = 4, 3, 500
	s := logs.NewSink()
	var writing, following sync.WaitGroup
	for range followers {
		following.Go(func() {
			next := map[string]int{}
			for l := range s.Follow(t.Context(), logs.Task(task1)) {
				assert.Equal(t, fmt.Sprint(next[l.Container]), l.Text)
				next[l.Container]++
			}
			for w := range writers {
				assert.Equal(t, each, next[fmt.Sprint(w)])
			}
		})
	}
	for w := range writers {
		writing.Go(func() {
			write := s.Writer(task1, fmt.Sprint(w))
			for i := range each {
				write(out(fmt.Sprint(i)))
			}
		})
	}
	writing.Wait()
	s.Done(task1)
	following.Wait()
}

func TestAFilterMayAskTheSink(t *testing.T) {
	s := filled()
	asks := logs.Where("after all", func(logs.Line) bool { return len(s.Lines()) == 4 })
	assert.Len(t, s.Lines(asks), 4)
}

func TestTextEndsEachLine(t *testing.T) {
	assert.Equal(t, 4, strings.Count(filled().Text(), "\n"))
}

func BenchmarkWriter(b *testing.B) {
	s := logs.NewSink(logs.Keep(1000))
	write := s.Writer(task1, "app")
	b.ReportAllocs()
	for b.Loop() {
		write(out("a line of a usual length, with some words in it"))
	}
}

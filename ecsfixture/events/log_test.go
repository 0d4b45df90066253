package events_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/events"
)

func changed(s *events.Source, arn, status string, version int64) {
	s.TaskChanged(types.Task{
		TaskArn: aws.String(arn), LastStatus: aws.String(status), DesiredStatus: aws.String("RUNNING"), Version: version,
	})
}

// filled has events of two tasks and of a service.
func filled(opts ...events.Option) (*events.Log, *events.Source) {
	l := events.NewLog(opts...)
	s := l.Source(account, region)
	changed(s, task1, "PENDING", 1)
	changed(s, task2, "PENDING", 1)
	changed(s, task1, "RUNNING", 2)
	s.ServiceActed(web, time.Now(), events.ServiceDetail{EventType: events.Info, EventName: "SERVICE_STEADY_STATE"})
	s.DeploymentChanged(web, time.Now(), events.ServiceDetail{EventName: "SERVICE_DEPLOYMENT_COMPLETED", DeploymentID: "ecs-svc/1"})
	return l, s
}

func TestEventsPassAllFilters(t *testing.T) {
	l, _ := filled()
	for name, c := range map[string]struct {
		filter []events.Filter
		want   int
	}{
		"all":          {nil, 5},
		"type":         {[]events.Filter{events.Type(events.TaskStateChange)}, 3},
		"task ARN":     {[]events.Filter{events.Task(task1)}, 2},
		"task ID":      {[]events.Filter{events.Task(strings.Repeat("2", 32))}, 1},
		"service":      {[]events.Filter{events.Service("web")}, 2},
		"service ARN":  {[]events.Filter{events.Service(web)}, 2},
		"wrong kind":   {[]events.Filter{events.Task("web")}, 0},
		"status":       {[]events.Filter{events.LastStatus("PENDING")}, 2},
		"name":         {[]events.Filter{events.Name("SERVICE_STEADY_STATE")}, 1},
		"deployment":   {[]events.Filter{events.Deployment("ecs-svc/1")}, 1},
		"region":       {[]events.Filter{events.Region("eu-west-1")}, 0},
		"where":        {[]events.Filter{events.Where("odd", func(e events.Event) bool { return len(e.Resources) == 1 })}, 5},
		"both":         {[]events.Filter{events.Task(task1), events.LastStatus("RUNNING")}, 1},
		"pattern":      {[]events.Filter{events.Pattern(`{"detail":{"lastStatus":["RUNNING"]}}`)}, 1},
		"no container": {[]events.Filter{events.ContainerInstance("web")}, 0},
	} {
		assert.Len(t, l.Events(c.filter...), c.want, name)
	}
}

func TestKeepBoundsTheLog(t *testing.T) {
	l := events.NewLog(events.Keep(3))
	for i := range 10 {
		changed(l.Source(account, region), task1, "PENDING", int64(i))
		assert.LessOrEqual(t, len(l.Events()), 3)
	}
	assert.Equal(t, []int64{7, 8, 9}, versions(l.Events()))
}

func versions(list []events.Event) (all []int64) {
	for _, e := range list {
		t, _ := e.Task()
		all = append(all, t.Version)
	}
	return all
}

func TestFollowYieldsWhatIsThereThenWhatComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := filled()
		n, ended := 0, false
		go func() {
			for range l.Follow(t.Context(), events.Task(task1)) {
				n++
			}
			ended = true
		}()
		synctest.Wait()
		assert.Equal(t, 2, n)
		changed(s, task1, "STOPPED", 3)
		synctest.Wait()
		assert.Equal(t, 3, n)
		require.NoError(t, l.Close(t.Context()))
		synctest.Wait()
		assert.True(t, ended)
	})
}

// Each of many events comes once and in order, to whoever follows or handles.
func TestNothingIsMissed(t *testing.T) {
	const each, followers = 500, 3
	l := events.NewLog()
	var following sync.WaitGroup
	want := make([]int64, each)
	for i := range want {
		want[i] = int64(i)
	}
	var handled []events.Event
	l.Handle(func(e events.Event) { handled = append(handled, e) })
	for range followers {
		following.Go(func() {
			var seen []events.Event
			for e := range l.Follow(t.Context()) {
				seen = append(seen, e)
			}
			assert.Equal(t, want, versions(seen))
		})
	}
	for i := range each {
		changed(l.Source(account, region), task1, "PENDING", int64(i))
	}
	require.NoError(t, l.Close(t.Context()))
	following.Wait()
	assert.Equal(t, want, versions(handled))
}

func TestHandleHearsWhatHappensFromNowOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := filled()
		var seen []events.Event
		stop := l.Handle(func(e events.Event) {
			time.Sleep(time.Second) // whoever publishes doesn't wait for it
			seen = append(seen, e)
		}, events.Task(task1))
		began := time.Now()
		for i := range 3 {
			changed(s, task1, "RUNNING", int64(i))
		}
		assert.Equal(t, began, time.Now())
		time.Sleep(4 * time.Second)
		synctest.Wait()
		assert.Equal(t, []int64{0, 1, 2}, versions(seen))
		stop()
		changed(s, task1, "STOPPED", 3)
		synctest.Wait()
		assert.Len(t, seen, 3)
		require.NoError(t, l.Close(t.Context()))
	})
}

func TestCloseWaitsForHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := filled()
		n := 0
		l.Handle(func(events.Event) { time.Sleep(time.Minute); n++ })
		changed(s, task1, "STOPPED", 3)
		changed(s, task2, "STOPPED", 3)
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		require.ErrorContains(t, l.Close(ctx), "events are still being handled")
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Equal(t, 2, n)
	})
	synctest.Test(t, func(t *testing.T) {
		l, s := filled()
		n := 0
		l.Handle(func(events.Event) { time.Sleep(time.Minute); n++ })
		changed(s, task1, "STOPPED", 3)
		require.NoError(t, l.Close(t.Context()))
		assert.Equal(t, 1, n)
	})
}

func TestWaitFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := filled()
		time.AfterFunc(3*time.Second, func() { changed(s, task2, "STOPPED", 2) })
		began := time.Now()
		e := l.WaitFor(t, events.Task(task2), events.LastStatus("STOPPED"))
		assert.Equal(t, 3*time.Second, time.Since(began))
		assert.Equal(t, []string{task2}, e.Resources)
	})
}

// recorder is a test that notes how it fails.
type recorder struct {
	ctx     context.Context
	failure string
}

func (r *recorder) Helper()                           {}
func (r *recorder) Context() context.Context          { return r.ctx }
func (r *recorder) Fatalf(format string, args ...any) { r.failure = fmt.Sprintf(format, args...) }

func TestWaitForFailsWithWhatWasSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _ := filled()
		r := &recorder{ctx: t.Context()}
		l.Within(time.Second).WaitFor(r, events.Service("web"), events.Name("SERVICE_DEPLOYMENT_FAILED"))
		assert.Equal(t, `no event of service web named SERVICE_DEPLOYMENT_FAILED within 1s; 2 of the 2 events there:
  00:00:00 ECS Service Action web SERVICE_STEADY_STATE
  00:00:00 ECS Deployment State Change web SERVICE_DEPLOYMENT_COMPLETED`, r.failure)

		require.NoError(t, l.Close(t.Context()))
		l.WaitFor(r, events.Task(task2), events.LastStatus("STOPPED"))
		assert.Equal(t, `no event of task 22222222222222222222222222222222 with lastStatus STOPPED and no more events will come; 1 of the 1 events there:
  00:00:00 ECS Task State Change 22222222222222222222222222222222 is PENDING, desired RUNNING (version 1)`, r.failure)
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	l, _ := filled()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := l.Wait(ctx, events.Name("no such name"))
	require.ErrorIs(t, err, context.Canceled)
}

func TestEventsArePosted(t *testing.T) {
	var got []string // written by one request after the other
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e events.Event
		body, _ := io.ReadAll(r.Body)
		assert.NoError(t, json.Unmarshal(body, &e))
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		d, _ := e.Service()
		got = append(got, d.EventName)
		if len(got) == 2 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer srv.Close()
	var log strings.Builder
	l := events.NewLog(events.PostTo(srv.URL, events.Service("web")), events.Logger(slog.New(slog.NewTextHandler(&log, nil))))
	s := l.Source(account, region)
	for _, name := range []string{"A", "B", "C"} {
		s.ServiceActed(web, time.Now(), events.ServiceDetail{EventName: name})
		changed(s, task1, "RUNNING", 1)
	}
	require.NoError(t, l.Close(t.Context()))
	assert.Equal(t, []string{"A", "B", "C"}, got)
	assert.Equal(t, 1, strings.Count(log.String(), "500 Internal Server Error"))
}

func BenchmarkTaskChanged(b *testing.B) {
	s := events.NewLog(events.Keep(1000)).Source(account, region)
	task := fullTask(time.Now())
	b.ReportAllocs()
	for b.Loop() {
		s.TaskChanged(task)
	}
}

package ecsfixture_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/events"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// startBrief starts a fixture whose containers take a second each.
func startBrief(t testing.TB, opts ...ecsfixture.Option) (fx *ecsfixture.Fixture, taskDefinition string) {
	t.Helper()
	rt := simulated.New(simulated.On(simulated.Any(), simulated.RunFor(time.Second)))
	fx = ecsfixture.Start(t, append(opts, ecsfixture.WithRuntime(rt))...)
	return fx, register(t, fx, types.ContainerDefinition{
		Name: aws.String("app"), Image: aws.String("app"), Memory: aws.Int32(64),
	})
}

// TestEachChangeOfATaskIsAnEvent sees every version once and in order.
func TestEachChangeOfATaskIsAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx, td := startBrief(t)
		arn := run(t, fx, td)
		last := fx.Events.WaitFor(t, events.Task(arn), events.LastStatus("STOPPED"))
		synctest.Wait()

		var statuses []string
		for i, e := range fx.Events.Events(events.Task(arn)) {
			task, ok := e.Task()
			require.True(t, ok)
			assert.Equal(t, int64(i+1), task.Version)
			if n := len(statuses); n == 0 || statuses[n-1] != *task.LastStatus {
				statuses = append(statuses, *task.LastStatus)
			}
		}
		assert.Equal(t, []string{"PENDING", "RUNNING", "STOPPED"}, statuses)
		assert.Equal(t, []string{ecsfixture.DefaultAccount, ecsfixture.DefaultRegion}, []string{last.Account, last.Region})
	})
}

func TestEventsOfAllRegionsAreInOneLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx, td := startBrief(t)
		run(t, fx, td)
		abroad := ecs.NewFromConfig(fx.Config, func(o *ecs.Options) { o.Region = "eu-west-1" })
		_, err := abroad.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
			Family: aws.String("test"), ContainerDefinitions: []types.ContainerDefinition{
				{Name: aws.String("app"), Image: aws.String("app"), Memory: aws.Int32(64)},
			},
		})
		require.NoError(t, err)
		_, err = abroad.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String("test")})
		require.NoError(t, err)
		e := fx.Events.WaitFor(t, events.Region("eu-west-1"), events.LastStatus("STOPPED"))
		assert.Equal(t, "eu-west-1", e.Region)
		fx.Events.WaitFor(t, events.Region(fx.Region), events.LastStatus("STOPPED"))
	})
}

func TestEventsArePostedToAURL(t *testing.T) {
	t.Parallel()
	got := make(chan events.Event, 100)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var e events.Event
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&e))
		got <- e
	}))
	t.Cleanup(srv.Close)
	fx, td := startBrief(t, ecsfixture.WithEventURL(srv.URL, events.LastStatus("STOPPED")))
	arn := run(t, fx, td)
	select {
	case e := <-got:
		assert.Equal(t, []string{arn}, e.Resources)
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was posted")
	}
}

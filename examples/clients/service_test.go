package clients

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// slowly are tasks that take a second to start and a second to stop.
func slowly() ecsfixture.Option {
	return ecsfixture.WithRuntime(simulated.New(simulated.On(simulated.Any(),
		simulated.SlowStart(time.Second), simulated.OnTerm(simulated.RunFor(time.Second)))))
}

// waitService runs aws ecs wait, and checks that it ended as soon as the
// service was as a function says.
func (c cli) waitService(waiter, service string, reached func(types.Service) bool) {
	c.Helper()
	at := make(chan time.Time, 1)
	go func() {
		_, err := c.fx.AwaitService(c.Context(), service, reached)
		assert.NoError(c, err)
		at <- time.Now()
	}()
	since := c.asks("ecs wait "+waiter+" --services", service)
	ended := time.Now()
	if reached := <-at; reached.After(since) {
		since = reached
	}
	late := ended.Sub(since)
	c.Logf("%s ended after %v", waiter, late.Round(time.Millisecond))
	assert.Less(c, late, 5*time.Second, "the command line's own delay is 15 seconds")
}

// TestCommandLineWaitsForServices waits for a deployment, an update and the
// end of a service.
func TestCommandLineWaitsForServices(t *testing.T) {
	t.Parallel()
	c := newCLI(t, slowly())
	containers, err := json.Marshal([]any{map[string]any{"name": "app", "image": "web", "memory": 64}})
	require.NoError(t, err)
	c.get("taskDefinition.revision", "ecs register-task-definition --family web --container-definitions", string(containers))
	arn := c.get("service.serviceArn", "ecs create-service --service-name web --task-definition web --desired-count 2").(string)
	c.waitService("services-stable", arn, isStable)
	assert.Equal(t, []any{2.0, "COMPLETED"}, c.get("services[0].[runningCount, deployments[0].rolloutState]", "ecs describe-services --services web"))

	c.get("service.status", "ecs update-service --service web --force-new-deployment")
	c.waitService("services-stable", arn, isStable)
	assert.Equal(t, []any{"PRIMARY"}, c.get("services[0].deployments[].status", "ecs describe-services --services web"))

	assert.Equal(t, "DRAINING", c.get("service.status", "ecs delete-service --force --service web"))
	c.waitService("services-inactive", arn, func(sv types.Service) bool { return *sv.Status == "INACTIVE" })
	assert.Empty(t, c.get("serviceArns", "ecs list-services"))
}

func isStable(sv types.Service) bool {
	return len(sv.Deployments) == 1 && sv.RunningCount == sv.DesiredCount && sv.Deployments[0].RolloutState == types.DeploymentRolloutStateCompleted
}

// TestCommandLineWaitsForAnEndAlone has nobody wait for the service before it
// is deleted.
func TestCommandLineWaitsForAnEndAlone(t *testing.T) {
	t.Parallel()
	c := newCLI(t, ecsfixture.WithRuntime(simulated.New(simulated.On(simulated.Any(), simulated.OnTerm(simulated.RunFor(6*time.Second))))))
	containers, err := json.Marshal([]any{map[string]any{"name": "app", "image": "web", "memory": 64}})
	require.NoError(t, err)
	c.get("taskDefinition.revision", "ecs register-task-definition --family web --container-definitions", string(containers))
	arn := c.get("service.serviceArn", "ecs create-service --service-name web --task-definition web --desired-count 1").(string)
	c.get("service.status", "ecs delete-service --force --service web")
	c.waitService("services-inactive", arn, func(sv types.Service) bool { return *sv.Status == "INACTIVE" })
}

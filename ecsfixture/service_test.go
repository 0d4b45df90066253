package ecsfixture_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// TestServiceWaiters ends the SDK's waiters at their default delays as soon as
// the service is there.
func TestServiceWaiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := startSimulated(t)
		in := &ecs.DescribeServicesInput{Services: []string{"web"}}
		_, err := fx.ECS.CreateService(t.Context(), &ecs.CreateServiceInput{
			ServiceName: aws.String("web"), TaskDefinition: aws.String(registerImage(t, fx, "v1")), DesiredCount: aws.Int32(3),
		})
		require.NoError(t, err)
		began := time.Now()
		require.NoError(t, ecs.NewServicesStableWaiter(fx.ECS).Wait(t.Context(), in, time.Minute))
		assert.Less(t, time.Since(began), 3*time.Second)
		out, err := fx.ECS.DescribeServices(t.Context(), in)
		require.NoError(t, err)
		assert.Equal(t, types.DeploymentRolloutStateCompleted, out.Services[0].Deployments[0].RolloutState)

		_, err = fx.ECS.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: aws.String("web"), TaskDefinition: aws.String(registerImage(t, fx, "v2"))})
		require.NoError(t, err)
		began = time.Now()
		require.NoError(t, ecs.NewServicesStableWaiter(fx.ECS).Wait(t.Context(), in, time.Minute))
		assert.Less(t, time.Since(began), 5*time.Second)

		_, err = fx.ECS.DeleteService(t.Context(), &ecs.DeleteServiceInput{Service: aws.String("web"), Force: aws.Bool(true)})
		require.NoError(t, err)
		require.NoError(t, ecs.NewServicesInactiveWaiter(fx.ECS).Wait(t.Context(), in, time.Minute))
	})
}

// TestWaitServiceStableTellsTheStory fails with what the service said.
func TestWaitServiceStableTellsTheStory(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t, ecsfixture.WithTimeout(100*time.Millisecond), ecsfixture.WithRuntime(simulated.New(
		simulated.On(simulated.Image("broken"), simulated.FailStart("no such file")),
		simulated.On(simulated.Image("slow"), simulated.SlowStart(time.Hour)))))
	create := func(name, image string) string {
		out, err := fx.ECS.CreateService(t.Context(), &ecs.CreateServiceInput{
			ServiceName: aws.String(name), TaskDefinition: aws.String(registerImage(t, fx, image)), DesiredCount: aws.Int32(1),
			DeploymentConfiguration: &types.DeploymentConfiguration{DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{
				Enable: true, ThresholdConfiguration: &types.ThresholdConfiguration{Type: types.ThresholdTypeCount, Value: 1},
			}},
		})
		require.NoError(t, err)
		return *out.Service.ServiceArn
	}
	for name, want := range map[string]string{
		create("late", "slow"):           "the service is not stable within ",
		create("never", "broken"):        "the service won't be stable\n",
		"arn:aws:ecs:x:y:service/z/none": "is not known",
		"late":                           `service "late" is not known to the fixture: give its ARN`,
	} {
		fake := pretend(t, func(t testing.TB) { fx.WaitServiceStable(t, name) })
		require.Len(t, fake.failures, 1)
		assert.Contains(t, fake.failures[0], want)
		assert.Contains(t, fake.failures[0], name)
		assert.NotContains(t, fake.failures[0], "deadline exceeded")
	}
	story := fx.ServiceStory("arn:aws:ecs:us-east-1:000000000000:service/default/never")
	assert.Contains(t, story, "deployment failed: tasks failed to start.")
	assert.Contains(t, story, "the last of its tasks that failed:\ntask arn:")
	assert.Contains(t, story, "no such file", "why they fail")
}

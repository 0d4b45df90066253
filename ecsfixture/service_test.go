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

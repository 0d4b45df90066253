package ecsfixture_test

import (
	"fmt"
	"math/rand/v2"
	"os"
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

// TestSoakServices does random things to a service of each strategy, in
// virtual time, then ships a good release and checks what must hold whatever
// came before.
func TestSoakServices(t *testing.T) {
	for _, strategy := range types.DeploymentStrategy("").Values() {
		for seed := range seeds() {
			t.Run(fmt.Sprint(strategy, " ", seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { soakService(t, strategy, rand.New(rand.NewPCG(seed, 0))) })
			})
		}
	}
}

// seeds is how many random lives are lived; make soak lives more.
func seeds() uint64 {
	if os.Getenv(soakTime) != "" {
		return 40
	}
	return 2
}

func soakService(t *testing.T, strategy types.DeploymentStrategy, random *rand.Rand) {
	rt := simulated.New(
		simulated.On(simulated.Image("broken"), simulated.FailStart("no")),
		simulated.On(simulated.Image("crash"), simulated.RunFor(3*time.Minute), simulated.Exit(1)),
		simulated.On(simulated.Image("slow"), simulated.SlowStart(time.Minute)))
	fx := ecsfixture.Start(t, ecsfixture.WithRuntime(rt), ecsfixture.WithTimeout(240*time.Hour))
	blue, green, prod := fx.TargetGroup("blue"), fx.TargetGroup("green"), fx.ListenerRule("prod")
	arn := behind(t, fx, blue.ARN, registerImage(t, fx, "good", publishing), func(in *ecs.CreateServiceInput) {
		in.DeploymentConfiguration.Strategy = strategy
		if strategy != types.DeploymentStrategyRolling {
			in.LoadBalancers[0].AdvancedConfiguration = &types.AdvancedConfiguration{
				AlternateTargetGroupArn: aws.String(green.ARN), ProductionListenerRule: aws.String(prod.ARN),
			}
		}
	})
	for range 20 {
		soakServiceStep(t, fx, random)
		time.Sleep(time.Duration(random.ExpFloat64() * float64(2*time.Minute)))
	}
	_, err := fx.ECS.UpdateService(t.Context(), &ecs.UpdateServiceInput{
		Service: aws.String("web"), TaskDefinition: aws.String(registerImage(t, fx, "good", publishing)), DesiredCount: aws.Int32(3),
	})
	require.NoError(t, err)
	sv := fx.WaitServiceStable(t, arn)
	assert.Equal(t, int32(3), sv.RunningCount)
	assert.Len(t, append(blue.Targets(), green.Targets()...), 3)
	assert.Len(t, rt.Containers("app"), 3)
	if strategy != types.DeploymentStrategyRolling {
		assert.InDelta(t, 100*len(blue.Targets())/3, prod.Weights()[blue.ARN], 0, "the traffic is where the tasks are")
	}
	_, err = fx.ECS.DeleteService(t.Context(), &ecs.DeleteServiceInput{Service: aws.String("web"), Force: aws.Bool(true)})
	require.NoError(t, err)
	_, err = fx.AwaitService(t.Context(), arn, func(sv types.Service) bool { return *sv.Status == "INACTIVE" })
	require.NoError(t, err)
	assert.Empty(t, rt.Left())
}

// soakServiceStep is one random call, after which the counts must add up.
func soakServiceStep(t *testing.T, fx *ecsfixture.Fixture, random *rand.Rand) {
	in := &ecs.UpdateServiceInput{Service: aws.String("web")}
	switch random.IntN(5) {
	case 0:
		in.DesiredCount = aws.Int32(int32(random.IntN(6)))
	case 1:
		in.ForceNewDeployment = true
	case 2:
		stopAny(t, fx, random)
	default:
		images := []string{"good", "good", "broken", "crash", "slow"}
		in.TaskDefinition = aws.String(registerImage(t, fx, images[random.IntN(len(images))], publishing))
	}
	out, err := fx.ECS.UpdateService(t.Context(), in)
	require.NoError(t, err)
	var running, pending int32
	for i, d := range out.Service.Deployments {
		assert.Equal(t, i == 0, *d.Status == "PRIMARY")
		running, pending = running+d.RunningCount, pending+d.PendingCount
	}
	assert.Equal(t, []int32{running, pending}, []int32{out.Service.RunningCount, out.Service.PendingCount})
}

// stopAny stops one of the service's tasks.
func stopAny(t *testing.T, fx *ecsfixture.Fixture, random *rand.Rand) {
	list, err := fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{ServiceName: aws.String("web")})
	require.NoError(t, err)
	if n := len(list.TaskArns); n > 0 {
		_, err := fx.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(list.TaskArns[random.IntN(n)])})
		require.NoError(t, err)
	}
}

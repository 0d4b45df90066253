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
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/events"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// forInstance chooses the events of one status of an instance.
func forInstance(status string) events.Filter {
	return events.Where("of an instance that is "+status, func(e events.Event) bool {
		i, ok := e.ContainerInstance()
		return ok && *i.Status == status
	})
}

// onInstances counts the tasks of a service by their instances.
func onInstances(t testing.TB, fx *ecsfixture.Fixture, service string) map[string]int {
	t.Helper()
	list, err := fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{ServiceName: &service})
	require.NoError(t, err)
	n := map[string]int{}
	if len(list.TaskArns) == 0 {
		return n
	}
	out, err := fx.ECS.DescribeTasks(t.Context(), &ecs.DescribeTasksInput{Tasks: list.TaskArns})
	require.NoError(t, err)
	for _, task := range out.Tasks {
		n[*task.ContainerInstanceArn]++
	}
	return n
}

func stable(t testing.TB, fx *ecsfixture.Fixture, services ...string) {
	t.Helper()
	err := ecs.NewServicesStableWaiter(fx.ECS).Wait(t.Context(), &ecs.DescribeServicesInput{Services: services}, time.Minute)
	require.NoError(t, err)
}

// TestContainerInstances runs out of room, gets some, and drains.
func TestContainerInstances(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := startSimulated(t, ecsfixture.WithContainerInstances(ecsfixture.ContainerInstance{Memory: 100}))
		all, err := fx.ECS.ListContainerInstances(t.Context(), &ecs.ListContainerInstancesInput{})
		require.NoError(t, err)
		require.Len(t, all.ContainerInstanceArns, 1)
		first := all.ContainerInstanceArns[0]
		td := registerImage(t, fx, "idle")
		out, err := fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: &td, Count: aws.Int32(2)})
		require.NoError(t, err)
		require.Len(t, out.Tasks, 1)
		assert.Equal(t, "RESOURCE:MEMORY", *out.Failures[0].Reason)
		assert.Equal(t, first, *out.Failures[0].Arn)

		_, err = fx.ECS.CreateService(t.Context(), &ecs.CreateServiceInput{ServiceName: aws.String("web"), TaskDefinition: &td, DesiredCount: aws.Int32(2)})
		require.NoError(t, err)
		failure := fx.Events.WaitFor(t, events.Name("SERVICE_TASK_PLACEMENT_FAILURE"))
		detail, _ := failure.Service()
		assert.Equal(t, "ERROR RESOURCE:MEMORY", detail.EventType+" "+detail.Reason)
		assert.Equal(t, []string{first}, detail.ContainerInstanceARNs)

		second := fx.AddContainerInstance(t, ecsfixture.ContainerInstance{Attributes: map[string]string{"stack": "prod"}})
		stable(t, fx, "web")
		assert.Equal(t, map[string]int{*second.ContainerInstanceArn: 2}, onInstances(t, fx, "web"))

		third := fx.AddContainerInstance(t, ecsfixture.ContainerInstance{})
		_, err = fx.ECS.UpdateContainerInstancesState(t.Context(), &ecs.UpdateContainerInstancesStateInput{
			ContainerInstances: []string{*second.ContainerInstanceArn}, Status: types.ContainerInstanceStatusDraining,
		})
		require.NoError(t, err)
		e := fx.Events.WaitFor(t, forInstance("DRAINING"))
		assert.Equal(t, events.ContainerInstanceStateChange, e.DetailType)
		assert.Equal(t, []string{*second.ContainerInstanceArn}, e.Resources)
		time.Sleep(time.Minute)
		assert.Equal(t, map[string]int{*third.ContainerInstanceArn: 2}, onInstances(t, fx, "web"))

		fx.SetAgentConnected(t, first, false)
		fx.TerminateInstance(t, *third.ContainerInstanceArn)
		fx.Events.WaitFor(t, forInstance("INACTIVE"))
		require.NoError(t, fx.Reset(t.Context()))
		all, err = fx.ECS.ListContainerInstances(t.Context(), &ecs.ListContainerInstancesInput{})
		require.NoError(t, err)
		assert.Len(t, all.ContainerInstanceArns, 1, "those of the options are there again")
	})
}

func TestWithoutImplicitInstance(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t, ecsfixture.WithoutImplicitInstance(), ecsfixture.WithContainerInstances(ecsfixture.ContainerInstance{Cluster: "batch"}))
	td := registerImage(t, fx, "idle")
	_, err := fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: &td})
	var invalid *types.InvalidParameterException
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "No Container Instances were found in your cluster.", *invalid.Message)
	out, err := fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: &td, Cluster: aws.String("batch")})
	require.NoError(t, err)
	assert.NotNil(t, out.Tasks[0].ContainerInstanceArn)
}

func TestWrongInstance(t *testing.T) {
	t.Parallel()
	_, err := ecsfixture.New(t.Context(), ecsfixture.WithRuntime(simulated.New()), ecsfixture.WithContainerInstances(ecsfixture.ContainerInstance{Cluster: "a b"}))
	require.ErrorContains(t, err, "Invalid cluster name: a b")
}

// TestRealTasksOnInstances has a real daemon on each instance, and loses one.
func TestRealTasksOnInstances(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t, ecsfixture.WithContainerInstances(
		ecsfixture.ContainerInstance{AvailabilityZone: "us-east-1a"}, ecsfixture.ContainerInstance{AvailabilityZone: "us-east-1b"},
	))
	td := register(t, fx, sh(t, "app", "trap '' TERM; while :; do sleep 0.1; done"))
	_, err := fx.ECS.CreateService(t.Context(), &ecs.CreateServiceInput{
		ServiceName: aws.String("agent"), TaskDefinition: &td, SchedulingStrategy: types.SchedulingStrategyDaemon,
	})
	require.NoError(t, err)
	stable(t, fx, "agent")
	on := onInstances(t, fx, "agent")
	require.Len(t, on, 2)
	var arn string
	for arn = range on {
		break
	}
	list, err := fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{ContainerInstance: &arn})
	require.NoError(t, err)
	began := time.Now()
	fx.TerminateInstance(t, arn)
	task := fx.WaitTaskStopped(t, list.TaskArns[0])
	assert.Less(t, time.Since(began), 25*time.Second, "a host that is gone gives nobody 30 seconds")
	assert.Equal(t, types.TaskStopCodeTerminationNotice, task.StopCode)
	assert.Equal(t, int32(137), *task.Containers[0].ExitCode)
	stable(t, fx, "agent")
	assert.Len(t, onInstances(t, fx, "agent"), 1)
	out, err := fx.ECS.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Services: []string{"agent"}})
	require.NoError(t, err)
	assert.Equal(t, int32(1), out.Services[0].DesiredCount)
}

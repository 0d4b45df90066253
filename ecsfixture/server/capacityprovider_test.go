package server_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

func group(name string) *string {
	return aws.String("arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:1-2-3:autoScalingGroupName/" + name)
}

// provide makes a capacity provider, managed or not.
func (w *world) provide(name string, scaling types.ManagedScalingStatus) types.CapacityProvider {
	w.Helper()
	out, err := w.CreateCapacityProvider(w.Context(), &ecs.CreateCapacityProviderInput{
		Name: &name, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
		AutoScalingGroupProvider: &types.AutoScalingGroupProvider{AutoScalingGroupArn: group(name), ManagedScaling: &types.ManagedScaling{Status: scaling}},
	})
	require.NoError(w, err)
	return *out.CapacityProvider
}

// associate gives the default cluster its providers.
func (w *world) associate(names ...string) {
	w.Helper()
	_, err := w.PutClusterCapacityProviders(w.Context(), &ecs.PutClusterCapacityProvidersInput{
		Cluster: aws.String("default"), CapacityProviders: append([]string{}, names...), DefaultCapacityProviderStrategy: []types.CapacityProviderStrategyItem{},
	})
	require.NoError(w, err)
}

func item(name string, base, weight int32) types.CapacityProviderStrategyItem {
	return types.CapacityProviderStrategyItem{CapacityProvider: &name, Base: base, Weight: weight}
}

func by(items ...types.CapacityProviderStrategyItem) func(*ecs.RunTaskInput) {
	return func(in *ecs.RunTaskInput) { in.CapacityProviderStrategy = items }
}

func TestCapacityProviders(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.provide("asg", "")
		assert.Equal(t, "arn:aws:ecs:us-east-1:000000000000:capacity-provider/asg", *p.CapacityProviderArn)
		assert.Equal(t, types.CapacityProviderStatusActive, p.Status)
		assert.Equal(t, types.CapacityProviderTypeEc2Autoscaling, p.Type)
		g := p.AutoScalingGroupProvider
		assert.Equal(t, types.ManagedDrainingEnabled, g.ManagedDraining)
		assert.Equal(t, types.ManagedTerminationProtectionDisabled, g.ManagedTerminationProtection)
		assert.Equal(t, types.ManagedScaling{
			Status: "DISABLED", TargetCapacity: aws.Int32(100), MinimumScalingStepSize: aws.Int32(1),
			MaximumScalingStepSize: aws.Int32(10000), InstanceWarmupPeriod: aws.Int32(300),
		}, *g.ManagedScaling)

		out, err := w.DescribeCapacityProviders(t.Context(), &ecs.DescribeCapacityProvidersInput{})
		require.NoError(t, err)
		var names []string
		for _, p := range out.CapacityProviders {
			names = append(names, *p.Name)
			assert.Empty(t, p.Tags)
		}
		assert.Equal(t, []string{"FARGATE", "FARGATE_SPOT", "asg"}, names)

		up, err := w.UpdateCapacityProvider(t.Context(), &ecs.UpdateCapacityProviderInput{Name: aws.String("asg"), AutoScalingGroupProvider: &types.AutoScalingGroupProviderUpdate{
			ManagedScaling: &types.ManagedScaling{Status: "ENABLED", TargetCapacity: aws.Int32(50)}, ManagedTerminationProtection: "ENABLED",
		}})
		require.NoError(t, err)
		assert.Equal(t, types.CapacityProviderUpdateStatusUpdateComplete, up.CapacityProvider.UpdateStatus)
		assert.Equal(t, int32(50), *up.CapacityProvider.AutoScalingGroupProvider.ManagedScaling.TargetCapacity)
		assert.Equal(t, int32(300), *up.CapacityProvider.AutoScalingGroupProvider.ManagedScaling.InstanceWarmupPeriod, "what is left out stays")

		w.associate("asg", "FARGATE")
		_, err = w.DeleteCapacityProvider(t.Context(), &ecs.DeleteCapacityProviderInput{CapacityProvider: aws.String("asg")})
		require.EqualError(t, err, "ClientException: The specified capacity provider is in use and cannot be removed.")
		in := &ecs.DescribeCapacityProvidersInput{Cluster: aws.String("default"), Include: []types.CapacityProviderField{"TAGS"}}
		out, err = w.DescribeCapacityProviders(t.Context(), in)
		require.NoError(t, err)
		assert.Len(t, out.CapacityProviders, 2)
		assert.Len(t, out.CapacityProviders[0].Tags, 1)
		w.associate()
		_, err = w.DeleteCapacityProvider(t.Context(), &ecs.DeleteCapacityProviderInput{CapacityProvider: p.CapacityProviderArn})
		require.NoError(t, err)
		out, err = w.DescribeCapacityProviders(t.Context(), &ecs.DescribeCapacityProvidersInput{CapacityProviders: []string{*p.CapacityProviderArn, "none"}})
		require.NoError(t, err)
		assert.Equal(t, types.CapacityProviderStatusInactive, out.CapacityProviders[0].Status)
		assert.Equal(t, "arn:aws:ecs:us-east-1:000000000000:capacity-provider/none", *out.Failures[0].Arn)
		_, err = w.DeleteCapacityProvider(t.Context(), &ecs.DeleteCapacityProviderInput{CapacityProvider: p.CapacityProviderArn})
		require.EqualError(t, err, "ClientException: The specified capacity provider does not exist. Specify a valid name or ARN and try again.")
		assert.Equal(t, types.CapacityProviderStatusActive, w.provide("asg", "").Status, "the name is free again")
	})
}

func TestCapacityProviderInputIsChecked(t *testing.T) {
	inWorld(t, func(w *world) {
		w.provide("asg", "")
		g := &types.AutoScalingGroupProvider{AutoScalingGroupArn: group("other")}
		for text, in := range map[string]*ecs.CreateCapacityProviderInput{
			"capacity provider already exists":                    {Name: aws.String("asg"), AutoScalingGroupProvider: g},
			"already being used by another capacity provider":     {Name: aws.String("b"), AutoScalingGroupProvider: &types.AutoScalingGroupProvider{AutoScalingGroupArn: group("asg")}},
			"The specified capacity provider name is invalid.":    {Name: aws.String("ECS-a"), AutoScalingGroupProvider: g},
			"Up to 255 characters are allowed":                    {Name: aws.String("a b"), AutoScalingGroupProvider: g},
			"Auto Scaling group ARN is invalid":                   {Name: aws.String("b"), AutoScalingGroupProvider: &types.AutoScalingGroupProvider{}},
			"The specified Auto Scaling group ARN":                {Name: aws.String("b"), AutoScalingGroupProvider: &types.AutoScalingGroupProvider{AutoScalingGroupArn: aws.String("arn:aws:autoscaling:x")}},
			"autoScalingGroupProvider must be specified":          {Name: aws.String("b")},
			"managedInstancesProvider is not supported":           {Name: aws.String("b"), ManagedInstancesProvider: &types.CreateManagedInstancesProviderConfiguration{}},
			"cluster is not supported":                            {Name: aws.String("b"), Cluster: aws.String("default"), AutoScalingGroupProvider: g},
			"targetCapacity must be between 1 and 100":            {Name: aws.String("b"), AutoScalingGroupProvider: &types.AutoScalingGroupProvider{AutoScalingGroupArn: group("b"), ManagedScaling: &types.ManagedScaling{TargetCapacity: aws.Int32(0)}}},
			"termination protection of a capacity provider needs": {Name: aws.String("b"), AutoScalingGroupProvider: &types.AutoScalingGroupProvider{AutoScalingGroupArn: group("b"), ManagedTerminationProtection: "ENABLED"}},
			"The value SOME of managedDraining is invalid":        {Name: aws.String("b"), AutoScalingGroupProvider: &types.AutoScalingGroupProvider{AutoScalingGroupArn: group("b"), ManagedDraining: "SOME"}},
		} {
			_, err := w.CreateCapacityProvider(t.Context(), in)
			assert.ErrorContains(t, err, text)
		}
		_, err := w.UpdateCapacityProvider(t.Context(), &ecs.UpdateCapacityProviderInput{Name: aws.String("FARGATE"), AutoScalingGroupProvider: &types.AutoScalingGroupProviderUpdate{}})
		assert.ErrorContains(t, err, "reserved")
	})
}

func TestStrategyIsChecked(t *testing.T) {
	inWorld(t, func(w *world) {
		w.provide("asg", "")
		w.associate("asg", "FARGATE", "FARGATE_SPOT")
		for text, strategy := range map[string][]types.CapacityProviderStrategyItem{
			"not associated with the cluster":      {item("none", 0, 1)},
			"cannot contain a mix":                 {item("asg", 0, 1), item("FARGATE", 0, 1)},
			"a weight greater than 0":              {item("FARGATE", 0, 0), item("FARGATE_SPOT", 0, 0)},
			"Only one capacity provider":           {item("FARGATE", 1, 1), item("FARGATE_SPOT", 1, 1)},
			"must be between 0 and 100000":         {item("FARGATE", 1_000_000, 1)},
			"Specifying both a launch type":        nil,
			"does not support launch_type FARGATE": {item("FARGATE", 0, 1)},
		} {
			in := &ecs.RunTaskInput{TaskDefinition: aws.String(w.register("bridge", container("app", func(d *types.ContainerDefinition) { d.Links = nil }))), CapacityProviderStrategy: strategy}
			if strategy == nil {
				in.LaunchType, in.CapacityProviderStrategy = "EC2", []types.CapacityProviderStrategyItem{item("asg", 0, 1)}
			}
			_, err := w.RunTask(t.Context(), in)
			assert.ErrorContains(t, err, "InvalidParameterException")
			assert.ErrorContains(t, err, text)
		}
	})
}

func TestStrategySharesTasksOut(t *testing.T) {
	inWorld(t, func(w *world) {
		w.associate("FARGATE", "FARGATE_SPOT")
		names := func(tasks []types.Task) map[string]int {
			n := map[string]int{}
			for _, task := range tasks {
				assert.Equal(t, types.LaunchTypeFargate, task.LaunchType)
				n[*task.CapacityProviderName]++
			}
			return n
		}
		network := &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
		strategy := []types.CapacityProviderStrategyItem{item("FARGATE", 1, 1), item("FARGATE_SPOT", 0, 4)}
		out, err := w.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String(w.fargate()), Count: aws.Int32(6), CapacityProviderStrategy: strategy, NetworkConfiguration: network})
		require.NoError(t, err)
		assert.Equal(t, map[string]int{"FARGATE": 2, "FARGATE_SPOT": 4}, names(out.Tasks))

		w.serve(w.fargate(), 1, func(in *ecs.CreateServiceInput) {
			in.CapacityProviderStrategy, in.NetworkConfiguration = strategy, network
		})
		w.stable()
		assert.Equal(t, map[string]int{"FARGATE": 1}, names(w.serving()))
		w.scale(6)
		assert.Empty(t, w.stable().LaunchType)
		assert.Equal(t, map[string]int{"FARGATE": 2, "FARGATE_SPOT": 4}, names(w.serving()), "what runs counts")
		_, err = w.PutClusterCapacityProviders(t.Context(), &ecs.PutClusterCapacityProvidersInput{
			Cluster: aws.String("default"), CapacityProviders: []string{"FARGATE"}, DefaultCapacityProviderStrategy: []types.CapacityProviderStrategyItem{},
		})
		var used *types.ResourceInUseException
		require.ErrorAs(t, err, &used)
	})
}

func TestTasksOfAnAutoScalingGroup(t *testing.T) {
	inWorld(t, func(w *world) {
		w.provide("asg", "DISABLED")
		w.associate("asg")
		out := w.place(10, by(item("asg", 0, 1)))
		require.Len(t, out.Tasks, 1, "without instances there is the implicit one")
		assert.Equal(t, "asg", *out.Tasks[0].CapacityProviderName)
		assert.Equal(t, types.LaunchTypeEc2, out.Tasks[0].LaunchType)
		w.until(*out.Tasks[0].TaskArn, "RUNNING")
		assert.Equal(t, []string{"PROVISIONING", "PENDING", "RUNNING"}, w.statuses(*out.Tasks[0].TaskArn))

		w.add(server.InstanceSpec{})
		fails := []types.Failure{{Arn: aws.String("arn:aws:ecs:us-east-1:000000000000:capacity-provider/asg"), Reason: aws.String("EMPTY CAPACITY PROVIDER")}}
		assert.Equal(t, fails, w.place(10, by(item("asg", 0, 1))).Failures)
		i := w.add(server.InstanceSpec{CapacityProvider: "asg"})
		assert.Equal(t, "asg", *i.CapacityProviderName)
		assert.Equal(t, map[string]int{*i.ContainerInstanceArn: 3}, homes(w.place(10, by(item("asg", 0, 1)), times(3)).Tasks))
		w.drain(i)
		assert.Equal(t, "NO ACTIVE INSTANCES", *w.place(10, by(item("asg", 0, 1))).Failures[0].Reason)
	})
}

func TestTasksWaitForCapacity(t *testing.T) {
	r := new(recorder)
	inWorldOf(t, r.config(), func(w *world) {
		w.provide("asg", "ENABLED")
		w.associate("asg")
		w.add(server.InstanceSpec{CapacityProvider: "asg", Memory: 100})
		out := w.place(64, by(item("asg", 0, 1)), times(4))
		require.Len(t, out.Tasks, 4)
		assert.Empty(t, out.Failures)
		arns := []string{*out.Tasks[0].TaskArn, *out.Tasks[1].TaskArn, *out.Tasks[2].TaskArn, *out.Tasks[3].TaskArn}
		w.until(arns[0], "RUNNING")
		time.Sleep(10 * time.Minute)
		w.until(arns[1], "PROVISIONING")
		w.stop(arns[1], "")
		assert.Equal(t, "Task stopped by user", *w.until(arns[1], "STOPPED").StoppedReason)

		i := w.add(server.InstanceSpec{CapacityProvider: "asg", Memory: 100})
		task := w.until(arns[2], "RUNNING")
		assert.Equal(t, *i.ContainerInstanceArn, *task.ContainerInstanceArn)
		assert.Equal(t, int32(36), remaining(w.instance(i), "MEMORY").IntegerValue)
		task = w.until(arns[3], "STOPPED")
		assert.Equal(t, 15*time.Minute, task.StoppedAt.Sub(*task.CreatedAt))
		assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
		assert.Equal(t, "RESOURCE:MEMORY", *task.StoppedReason)
		assert.Nil(t, task.ContainerInstanceArn)
	})
}

func TestServiceWaitsForCapacity(t *testing.T) {
	inWorldOf(t, server.Config{NoImplicitInstance: true}, func(w *world) {
		w.provide("asg", "ENABLED")
		w.associate("asg")
		w.serve(w.release("app"), 2, func(in *ecs.CreateServiceInput) {
			in.CapacityProviderStrategy = []types.CapacityProviderStrategyItem{item("asg", 0, 1)}
		})
		synctest.Wait()
		time.Sleep(time.Minute)
		assert.Equal(t, int32(2), w.web().PendingCount)
		assert.Equal(t, "PROVISIONING", *w.serving()[0].LastStatus)
		i := w.add(server.InstanceSpec{CapacityProvider: "asg"})
		w.stable()
		assert.Equal(t, map[string]int{*i.ContainerInstanceArn: 2}, homes(w.serving()))
	})
}

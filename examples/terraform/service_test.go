package terraform

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// serviceInput is what the provider sends of a plain aws_ecs_service: no
// launch type, an empty strategy, and its own defaults.
func serviceInput(cluster, td string, change ...func(*ecs.CreateServiceInput)) *ecs.CreateServiceInput {
	in := &ecs.CreateServiceInput{
		Cluster: aws.String(cluster), ServiceName: aws.String("demo"), TaskDefinition: aws.String(td),
		ClientToken:              aws.String("terraform-20260101000000000000000001"),
		CapacityProviderStrategy: []types.CapacityProviderStrategyItem{},
		DeploymentConfiguration:  &types.DeploymentConfiguration{MaximumPercent: aws.Int32(200), MinimumHealthyPercent: aws.Int32(100)},
		DesiredCount:             aws.Int32(1), SchedulingStrategy: types.SchedulingStrategyReplica,
	}
	for _, f := range change {
		f(in)
	}
	return in
}

func (p provider) createService(in *ecs.CreateServiceInput) string {
	p.Helper()
	out, err := p.CreateService(p.Context(), in)
	require.NoError(p, err)
	return *out.Service.ServiceArn
}

// plain makes a cluster, a definition and a service of them.
func (p provider) plain(mode types.NetworkMode, change ...func(*ecs.CreateServiceInput)) (cluster, service string) {
	p.Helper()
	cluster = p.createCluster(&ecs.CreateClusterInput{ClusterName: aws.String("demo")})
	return cluster, p.createService(serviceInput(cluster, p.register(mode, one("")), change...))
}

// service reads a service, with tags as the resource does or without as its
// waits do.
func (p provider) service(cluster, arn string, include ...types.ServiceField) types.Service {
	p.Helper()
	out, err := p.DescribeServices(p.Context(), &ecs.DescribeServicesInput{Cluster: aws.String(cluster), Services: []string{arn}, Include: include})
	require.NoError(p, err)
	require.Len(p, out.Services, 1, "MISSING is not what the provider waits for")
	return out.Services[0]
}

// steady is the rule of provider 5.
func (p provider) steady(cluster, arn string) {
	p.Helper()
	p.until("for a steady state", func() bool {
		s := p.service(cluster, arn)
		return *s.Status == "ACTIVE" && len(s.Deployments) == 1 && s.DesiredCount == s.RunningCount
	})
}

// deployed is the rule of provider 6: the service deployment that was made
// after the call is found by the primary deployment's number. It returns how
// that ended.
func (p provider) deployed(cluster, arn string, called time.Time) (end types.ServiceDeployment) {
	p.Helper()
	s := p.service(cluster, arn)
	require.Equal(p, types.DeploymentControllerTypeEcs, s.DeploymentController.Type)
	i := 0
	for *s.Deployments[i].Status != "PRIMARY" {
		i++
	}
	primary := s.Deployments[i]
	require.True(p, primary.CreatedAt.After(called), "%v is not after %v", primary.CreatedAt, called)
	_, number, ok := strings.Cut(*primary.Id, "/")
	require.True(p, ok, *primary.Id)
	p.until("for the service deployment", func() bool {
		list, err := p.ListServiceDeployments(p.Context(), &ecs.ListServiceDeploymentsInput{
			Cluster: aws.String(cluster), Service: s.ServiceName, CreatedAt: &types.CreatedAt{After: aws.Time(called)},
		})
		require.NoError(p, err)
		for _, brief := range list.ServiceDeployments {
			if strings.Contains(*brief.TargetServiceRevisionArn, number) {
				out, err := p.DescribeServiceDeployments(p.Context(), &ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{*brief.ServiceDeploymentArn}})
				require.NoError(p, err)
				end = out.ServiceDeployments[0]
			}
		}
		switch end.Status {
		case types.ServiceDeploymentStatusSuccessful, types.ServiceDeploymentStatusStopped,
			types.ServiceDeploymentStatusRollbackFailed, types.ServiceDeploymentStatusRollbackSuccessful:
			return true
		}
		return false
	})
	return end
}

// TestService is the life of a plain service, as it was recorded of the
// provider.
func TestService(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	called := time.Now().UTC()
	cluster, arn := p.plain("bridge", func(in *ecs.CreateServiceInput) { in.Tags = tags("team", "blue") })
	assert.Equal(t, "arn:aws:ecs:us-east-1:000000000000:service/demo/demo", arn)
	assert.Equal(t, "ACTIVE", *p.service(cluster, arn).Status)
	p.steady(cluster, arn)
	assert.Equal(t, types.ServiceDeploymentStatusSuccessful, p.deployed(cluster, arn, called).Status)
	assert.Empty(t, p.service(cluster, arn).Tags, "tags are shown to who asks for them")

	s := p.service(cluster, arn, types.ServiceFieldTags)
	assert.Equal(t, map[string]string{"team": "blue"}, tagMap(s.Tags))
	assert.Equal(t, cluster, *s.ClusterArn)
	assert.Equal(t, types.LaunchTypeEc2, s.LaunchType)
	assert.Equal(t, "arn:aws:ecs:us-east-1:000000000000:task-definition/demo:1", *s.TaskDefinition)
	assert.Equal(t, int32(1), s.DesiredCount)
	assert.Equal(t, "200 100", pair(s.DeploymentConfiguration))
	assert.Equal(t, types.SchedulingStrategyReplica, s.SchedulingStrategy)
	assert.Equal(t, types.DeploymentControllerTypeEcs, s.DeploymentController.Type)
	assert.Equal(t, types.PropagateTagsNone, s.PropagateTags)
	assert.False(t, s.EnableECSManagedTags || s.EnableExecuteCommand)
	assertAbsent(t, s)
	p.retag(arn)
	assert.Equal(t, s.DesiredCount, p.service("arn:aws:ecs:us-east-1::cluster/demo", "arn:aws:ecs:us-east-1::service/demo/demo").DesiredCount, "an import leaves out the account")
}

func pair(c *types.DeploymentConfiguration) string {
	return fmt.Sprint(aws.ToInt32(c.MaximumPercent), aws.ToInt32(c.MinimumHealthyPercent))
}

// assertAbsent: what the provider didn't send is a difference for ever if it
// is there, and an empty networkConfiguration is a panic.
func assertAbsent(t *testing.T, s types.Service) {
	t.Helper()
	assert.Empty(t, s.CapacityProviderStrategy)
	assert.Nil(t, s.NetworkConfiguration)
	assert.Zero(t, aws.ToInt32(s.HealthCheckGracePeriodSeconds))
	assert.Empty(t, s.LoadBalancers)
	assert.Empty(t, s.ServiceRegistries)
	assert.Empty(t, s.PlacementConstraints)
	assert.Empty(t, s.PlacementStrategy)
	if b := s.DeploymentConfiguration.DeploymentCircuitBreaker; b != nil {
		assert.Equal(t, types.DeploymentCircuitBreaker{}, *b)
	}
	if a := s.DeploymentConfiguration.Alarms; a != nil {
		assert.Equal(t, types.DeploymentAlarms{AlarmNames: []string{}}, *a)
	}
	for _, d := range s.Deployments {
		assert.Nil(t, d.ServiceConnectConfiguration)
		assert.Empty(t, d.VolumeConfigurations)
		assert.Empty(t, d.VpcLatticeConfigurations)
		assert.Nil(t, d.NetworkConfiguration)
	}
}

// TestServiceChanges: a new definition, another count, and a plan that is
// empty after each.
func TestServiceChanges(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	cluster, arn := p.plain("bridge")
	p.steady(cluster, arn)
	called := time.Now().UTC()
	td := p.register("bridge", one(`,"command":["x"]`))
	_, err := p.UpdateService(t.Context(), &ecs.UpdateServiceInput{
		Cluster: aws.String(cluster), Service: aws.String(arn), ForceNewDeployment: false, TaskDefinition: aws.String(td), DesiredCount: aws.Int32(2),
		DeploymentConfiguration: &types.DeploymentConfiguration{MaximumPercent: aws.Int32(150), MinimumHealthyPercent: aws.Int32(50)},
	})
	require.NoError(t, err)
	assert.Equal(t, types.ServiceDeploymentStatusSuccessful, p.deployed(cluster, arn, called).Status)
	p.steady(cluster, arn)
	s := p.service(cluster, arn)
	assert.Equal(t, td, *s.TaskDefinition)
	assert.Equal(t, int32(2), s.DesiredCount)
	assert.Equal(t, "150 50", pair(s.DeploymentConfiguration))
	assertAbsent(t, s)
}

// TestServiceOfFargate has what its network needs, as it was sent.
func TestServiceOfFargate(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	cluster := p.createCluster(&ecs.CreateClusterInput{ClusterName: aws.String("demo")})
	td := definition(t, types.NetworkModeAwsvpc, one(""))
	td.RequiresCompatibilities, td.Cpu, td.Memory = []types.Compatibility{types.CompatibilityFargate}, aws.String("256"), aws.String("512")
	made, err := p.RegisterTaskDefinition(t.Context(), td)
	require.NoError(t, err)
	network := &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{
		Subnets: []string{"subnet-1"}, SecurityGroups: []string{}, AssignPublicIp: types.AssignPublicIpDisabled,
	}}
	arn := p.createService(serviceInput(cluster, *made.TaskDefinition.TaskDefinitionArn, func(in *ecs.CreateServiceInput) {
		in.LaunchType, in.NetworkConfiguration, in.PlatformVersion = types.LaunchTypeFargate, network, aws.String("1.4.0")
		in.EnableECSManagedTags, in.PropagateTags = true, types.PropagateTagsService
		in.DeploymentConfiguration.DeploymentCircuitBreaker = &types.DeploymentCircuitBreaker{Enable: true, Rollback: true}
	}))
	p.steady(cluster, arn)
	s := p.service(cluster, arn, types.ServiceFieldTags)
	assert.Equal(t, types.LaunchTypeFargate, s.LaunchType)
	assert.Equal(t, network, s.NetworkConfiguration)
	assert.Equal(t, "1.4.0", *s.PlatformVersion)
	assert.True(t, s.EnableECSManagedTags)
	assert.Equal(t, types.PropagateTagsService, s.PropagateTags)
	assert.Equal(t, types.DeploymentCircuitBreaker{Enable: true, Rollback: true}, *s.DeploymentConfiguration.DeploymentCircuitBreaker)
	assert.Empty(t, s.CapacityProviderStrategy)
}

// TestServiceStrategy: the service's own comes back, and the cluster's isn't
// filled in.
func TestServiceStrategy(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	cluster := p.createCluster(&ecs.CreateClusterInput{ClusterName: aws.String("demo")})
	strategy := []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("FARGATE"), Base: 1, Weight: 2}}
	_, err := p.PutClusterCapacityProviders(t.Context(), &ecs.PutClusterCapacityProvidersInput{
		Cluster: aws.String(cluster), CapacityProviders: []string{"FARGATE"}, DefaultCapacityProviderStrategy: strategy,
	})
	require.NoError(t, err)
	td := definition(t, types.NetworkModeAwsvpc, one(""))
	td.RequiresCompatibilities, td.Cpu, td.Memory = []types.Compatibility{types.CompatibilityFargate}, aws.String("256"), aws.String("512")
	made, err := p.RegisterTaskDefinition(t.Context(), td)
	require.NoError(t, err)
	for name, own := range map[string][]types.CapacityProviderStrategyItem{"own": strategy, "none": {}} {
		arn := p.createService(serviceInput(cluster, *made.TaskDefinition.TaskDefinitionArn, func(in *ecs.CreateServiceInput) {
			in.ServiceName, in.CapacityProviderStrategy = aws.String(name), own
			in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
		}))
		p.steady(cluster, arn)
		s := p.service(cluster, arn)
		assert.ElementsMatch(t, own, s.CapacityProviderStrategy, name)
		if len(own) > 0 {
			assert.Empty(t, s.LaunchType, "it is one or the other")
		}
	}
}

// TestServicePlacement is stored under ECS's own names.
func TestServicePlacement(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	cluster, arn := p.plain("bridge", func(in *ecs.CreateServiceInput) {
		in.PlacementStrategy = []types.PlacementStrategy{
			{Type: types.PlacementStrategyTypeSpread, Field: aws.String("host")}, {Type: types.PlacementStrategyTypeBinpack, Field: aws.String("memory")},
		}
		in.PlacementConstraints = []types.PlacementConstraint{{Type: types.PlacementConstraintTypeDistinctInstance}}
	})
	s := p.service(cluster, arn)
	assert.Equal(t, []types.PlacementStrategy{
		{Type: types.PlacementStrategyTypeSpread, Field: aws.String("instanceId")}, {Type: types.PlacementStrategyTypeBinpack, Field: aws.String("memory")},
	}, s.PlacementStrategy)
	assert.Equal(t, []types.PlacementConstraint{{Type: types.PlacementConstraintTypeDistinctInstance}}, s.PlacementConstraints)
}

// TestDaemon is sent without a count, and with an empty configuration.
func TestDaemon(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	cluster, arn := p.plain("bridge", func(in *ecs.CreateServiceInput) {
		in.SchedulingStrategy, in.DesiredCount, in.DeploymentConfiguration = types.SchedulingStrategyDaemon, nil, &types.DeploymentConfiguration{}
	})
	assert.Equal(t, types.SchedulingStrategyDaemon, p.service(cluster, arn).SchedulingStrategy)
	_, err := p.DeleteService(t.Context(), &ecs.DeleteServiceInput{Cluster: aws.String(cluster), Service: aws.String(arn), Force: aws.Bool(false)})
	require.NoError(t, err)
	p.until("for INACTIVE", func() bool { return *p.service(cluster, arn).Status == "INACTIVE" })
}

// TestServiceEnds as destroy does it: to 0, deleted, DRAINING, INACTIVE; then
// the cluster and the definition go.
func TestServiceEnds(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	cluster, arn := p.plain("bridge")
	p.steady(cluster, arn)
	in := &ecs.DeleteServiceInput{Cluster: aws.String(cluster), Service: aws.String(arn), Force: aws.Bool(false)}
	_, err := p.DeleteService(t.Context(), in)
	refused[*types.InvalidParameterException](t, err, "The service cannot be stopped while it is scaled above 0.")
	_, err = p.UpdateService(t.Context(), &ecs.UpdateServiceInput{Cluster: aws.String(cluster), Service: aws.String(arn), DesiredCount: aws.Int32(0)})
	require.NoError(t, err)
	_, err = p.DeleteService(t.Context(), in)
	require.NoError(t, err)
	p.until("for INACTIVE", func() bool {
		status := *p.service(cluster, arn).Status
		assert.Contains(t, []string{"ACTIVE", "DRAINING", "INACTIVE"}, status)
		return status == "INACTIVE"
	})
	_, err = p.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: aws.String(cluster)})
	require.NoError(t, err)
	assert.Equal(t, "INACTIVE", *p.cluster(cluster).Status)
	_, err = p.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Cluster: aws.String(cluster), Services: []string{arn}})
	refused[*types.ClusterNotFoundException](t, err, "")
}

// TestServiceOfNothing: the provider tries again on what may come to be, and
// takes the rest for gone.
func TestServiceOfNothing(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	_, err := p.CreateService(t.Context(), serviceInput("arn:aws:ecs:us-east-1:000000000000:cluster/none", p.register("bridge", one(""))))
	refused[*types.ClusterNotFoundException](t, err, "")
	cluster := p.createCluster(&ecs.CreateClusterInput{ClusterName: aws.String("demo")})
	out, err := p.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Cluster: aws.String(cluster), Services: []string{"none"}})
	require.NoError(t, err)
	require.Len(t, out.Failures, 1)
	assert.Equal(t, "MISSING", *out.Failures[0].Reason)
	_, err = p.UpdateService(t.Context(), &ecs.UpdateServiceInput{Cluster: aws.String(cluster), Service: aws.String("none")})
	refused[*types.ServiceNotFoundException](t, err, "")
}

// TestServiceOutlivesABadImage: configurations name images that can't be had.
func TestServiceOutlivesABadImage(t *testing.T) {
	t.Parallel()
	p := newProvider(t, simulated.On(simulated.Image("app"), simulated.FailPull("no such host")))
	cluster, arn := p.plain("bridge")
	p.until("for a failed task", func() bool { return p.service(cluster, arn).Deployments[0].FailedTasks > 0 })
	assert.Equal(t, "ACTIVE", *p.service(cluster, arn).Status)
}

package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// code is the code of an error as clients see it.
func code(t *testing.T, err error) string {
	t.Helper()
	var api smithy.APIError
	require.True(t, errors.As(err, &api), "%v", err)
	return api.ErrorCode()
}

type deploymentChange = func(*types.DeploymentConfiguration)

func deploying(change deploymentChange) func(*ecs.CreateServiceInput) {
	return func(in *ecs.CreateServiceInput) {
		in.DeploymentConfiguration = &types.DeploymentConfiguration{}
		change(in.DeploymentConfiguration)
	}
}

func hooking(h types.DeploymentLifecycleHook) func(*ecs.CreateServiceInput) {
	return deploying(func(c *types.DeploymentConfiguration) { c.LifecycleHooks = []types.DeploymentLifecycleHook{h} })
}

// TestWhatCreateServiceRefuses has a request that is good but for one thing.
func TestWhatCreateServiceRefuses(t *testing.T) {
	daemon := func(in *ecs.CreateServiceInput) {
		in.SchedulingStrategy, in.DesiredCount = types.SchedulingStrategyDaemon, nil
	}
	external := &types.DeploymentController{Type: types.DeploymentControllerTypeExternal}
	pause := []types.DeploymentLifecycleHookStage{types.DeploymentLifecycleHookStageProductionTrafficShift}
	for name, c := range map[string]struct {
		change func(*ecs.CreateServiceInput)
		code   string
		text   string
	}{
		"no name":        {func(in *ecs.CreateServiceInput) { in.ServiceName = nil }, "InvalidParameterException", "serviceName"},
		"bad name":       {func(in *ecs.CreateServiceInput) { in.ServiceName = aws.String("a b") }, "InvalidParameterException", "a b"},
		"long token":     {func(in *ecs.CreateServiceInput) { in.ClientToken = aws.String(fmt.Sprintf("%037d", 1)) }, "InvalidParameterException", "36"},
		"no definition":  {func(in *ecs.CreateServiceInput) { in.TaskDefinition = nil }, "InvalidParameterException", "taskDefinition"},
		"unknown one":    {func(in *ecs.CreateServiceInput) { in.TaskDefinition = aws.String("none:3") }, "ClientException", "TaskDefinition not found."},
		"no count":       {func(in *ecs.CreateServiceInput) { in.DesiredCount = nil }, "InvalidParameterException", "desiredCount"},
		"negative count": {func(in *ecs.CreateServiceInput) { in.DesiredCount = aws.Int32(-1) }, "InvalidParameterException", "at least 0"},
		"no cluster":     {func(in *ecs.CreateServiceInput) { in.Cluster = aws.String("none") }, "ClusterNotFoundException", "Cluster not found."},
		"launch type":    {func(in *ecs.CreateServiceInput) { in.LaunchType = "LAMBDA" }, "InvalidParameterException", "LAMBDA"},
		"both launches": {func(in *ecs.CreateServiceInput) {
			in.LaunchType, in.CapacityProviderStrategy = types.LaunchTypeEc2, []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("FARGATE")}}
		}, "InvalidParameterException", "Specifying both a launch type and capacity provider strategy is not supported."},
		"Fargate": {func(in *ecs.CreateServiceInput) { in.LaunchType = types.LaunchTypeFargate }, "InvalidParameterException", "FARGATE"},
		"a network for bridge": {func(in *ecs.CreateServiceInput) {
			in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"s"}}}
		}, "InvalidParameterException", "Network Configuration is not valid for the given networkMode of this task definition."},
		"strategy":       {func(in *ecs.CreateServiceInput) { in.SchedulingStrategy = "SOLO" }, "InvalidParameterException", "SOLO"},
		"propagateTags":  {func(in *ecs.CreateServiceInput) { in.PropagateTags = "ALL" }, "InvalidParameterException", "ALL"},
		"reserved tag":   {func(in *ecs.CreateServiceInput) { in.Tags = []types.Tag{{Key: aws.String("aws:x")}} }, "InvalidParameterException", "aws:"},
		"counted daemon": {func(in *ecs.CreateServiceInput) { daemon(in); in.DesiredCount = aws.Int32(1) }, "InvalidParameterException", "daemon"},
		"Fargate daemon": {func(in *ecs.CreateServiceInput) { daemon(in); in.LaunchType = types.LaunchTypeFargate }, "InvalidParameterException", "FARGATE"},
		"external daemon": {func(in *ecs.CreateServiceInput) {
			daemon(in)
			in.TaskDefinition, in.DeploymentController = nil, external
		}, "InvalidParameterException", "ECS deployment controller"},
		"external, defined": {func(in *ecs.CreateServiceInput) { in.DeploymentController = external }, "InvalidParameterException", "taskDefinition"},
		"controller":        {func(in *ecs.CreateServiceInput) { in.DeploymentController = &types.DeploymentController{Type: "X"} }, "InvalidParameterException", "X"},
		"CodeDeploy": {func(in *ecs.CreateServiceInput) {
			in.DeploymentController = &types.DeploymentController{Type: types.DeploymentControllerTypeCodeDeploy}
		}, "UnsupportedFeatureException", "CODE_DEPLOY"},
		"exec":       {func(in *ecs.CreateServiceInput) { in.EnableExecuteCommand = true }, "UnsupportedFeatureException", "enableExecuteCommand"},
		"registries": {func(in *ecs.CreateServiceInput) { in.ServiceRegistries = []types.ServiceRegistry{{}} }, "UnsupportedFeatureException", "serviceRegistries"},
		"Connect": {func(in *ecs.CreateServiceInput) {
			in.ServiceConnectConfiguration = &types.ServiceConnectConfiguration{Enabled: true}
		}, "UnsupportedFeatureException", "serviceConnectConfiguration"},
		"classic": {func(in *ecs.CreateServiceInput) {
			in.LoadBalancers = []types.LoadBalancer{{LoadBalancerName: aws.String("old")}}
		}, "UnsupportedFeatureException", "loadBalancerName"},
		"unknown container":       {func(in *ecs.CreateServiceInput) { balanced(in); in.LoadBalancers[0].ContainerName = aws.String("x") }, "InvalidParameterException", "The container x does not exist in the task definition."},
		"unknown port":            {func(in *ecs.CreateServiceInput) { balanced(in); in.LoadBalancers[0].ContainerPort = aws.Int32(81) }, "InvalidParameterException", "The container app did not have a container port 81 defined."},
		"six balancers":           {func(in *ecs.CreateServiceInput) { in.LoadBalancers = make([]types.LoadBalancer, 6) }, "InvalidParameterException", "at most 5"},
		"negative grace":          {func(in *ecs.CreateServiceInput) { in.HealthCheckGracePeriodSeconds = aws.Int32(-1) }, "InvalidParameterException", "healthCheckGracePeriodSeconds"},
		"minimum":                 {deploying(func(c *types.DeploymentConfiguration) { c.MinimumHealthyPercent = aws.Int32(101) }), "InvalidParameterException", "minimumHealthyPercent"},
		"maximum":                 {deploying(func(c *types.DeploymentConfiguration) { c.MaximumPercent = aws.Int32(99) }), "InvalidParameterException", "maximumPercent"},
		"bake":                    {deploying(func(c *types.DeploymentConfiguration) { c.BakeTimeInMinutes = aws.Int32(1441) }), "InvalidParameterException", "bakeTimeInMinutes"},
		"strategy of deployments": {deploying(func(c *types.DeploymentConfiguration) { c.Strategy = "BIG_BANG" }), "InvalidParameterException", "BIG_BANG"},
		"canary without":          {deploying(func(c *types.DeploymentConfiguration) { c.CanaryConfiguration = &types.CanaryConfiguration{} }), "InvalidParameterException", "CANARY"},
		"linear without":          {deploying(func(c *types.DeploymentConfiguration) { c.LinearConfiguration = &types.LinearConfiguration{} }), "InvalidParameterException", "LINEAR"},
		"small step": {deploying(func(c *types.DeploymentConfiguration) {
			c.Strategy, c.LinearConfiguration = types.DeploymentStrategyLinear, &types.LinearConfiguration{StepPercent: aws.Float64(2.9)}
		}), "InvalidParameterException", "stepPercent"},
		"fine canary": {deploying(func(c *types.DeploymentConfiguration) {
			c.Strategy, c.CanaryConfiguration = types.DeploymentStrategyCanary, &types.CanaryConfiguration{CanaryPercent: aws.Float64(0.15)}
		}), "InvalidParameterException", "canaryPercent"},
		"threshold": {deploying(func(c *types.DeploymentConfiguration) {
			c.DeploymentCircuitBreaker = &types.DeploymentCircuitBreaker{ThresholdConfiguration: &types.ThresholdConfiguration{Type: types.ThresholdTypeCount}}
		}), "InvalidParameterException", "thresholdConfiguration.value"},
		"hook without stages": {hooking(types.DeploymentLifecycleHook{HookTargetArn: aws.String("f")}), "InvalidParameterException", "lifecycle stage"},
		"hook without target": {hooking(types.DeploymentLifecycleHook{LifecycleStages: pause}), "InvalidParameterException", "hookTargetArn"},
		"pause in a shift":    {hooking(types.DeploymentLifecycleHook{TargetType: types.DeploymentLifecycleHookTargetTypePause, LifecycleStages: pause}), "InvalidParameterException", "PAUSE"},
		"early success": {deploying(func(c *types.DeploymentConfiguration) {
			c.EarlySuccessCriteria = &types.DeploymentEarlySuccessCriteria{Enable: true}
		}), "UnsupportedFeatureException", "earlySuccessCriteria"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorldOf(t, server.Config{Targets: newGroups()}, func(w *world) {
				in := &ecs.CreateServiceInput{ServiceName: aws.String("web"), TaskDefinition: aws.String(w.release("v1", published)), DesiredCount: aws.Int32(1)}
				c.change(in)
				_, err := w.CreateService(t.Context(), in)
				require.Error(t, err)
				assert.Equal(t, c.code, code(t, err))
				assert.Contains(t, err.Error(), c.text)
				list, err := w.ListServices(t.Context(), &ecs.ListServicesInput{})
				require.NoError(t, err)
				assert.Empty(t, list.ServiceArns)
			})
		})
	}
}

func TestWhatUpdateServiceRefuses(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1)
		w.stable()
		before := w.web()
		for text, in := range map[string]*ecs.UpdateServiceInput{
			"at least 0":               {DesiredCount: aws.Int32(-1)},
			"TaskDefinition not found": {TaskDefinition: aws.String("none"), DesiredCount: aws.Int32(3)},
			"maximumPercent":           {DeploymentConfiguration: &types.DeploymentConfiguration{MaximumPercent: aws.Int32(300)}},
			"Health check grace":       {HealthCheckGracePeriodSeconds: aws.Int32(10)},
			"enableExecuteCommand":     {EnableExecuteCommand: aws.Bool(true)},
			"deploymentController":     {DeploymentController: &types.DeploymentController{Type: types.DeploymentControllerTypeExternal}},
			"Service not found.":       {Service: aws.String("other")},
		} {
			if in.Service == nil {
				in.Service = aws.String("web")
			}
			_, err := w.UpdateService(t.Context(), in)
			require.ErrorContains(t, err, text)
		}
		assert.Equal(t, before, w.web(), "all of a request or nothing")
	})
}

// TestNothingIsInvented compares the members of a service that was made of the
// least with those that ECS fills in: Terraform takes each other one for a
// change.
func TestNothingIsInvented(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1)
		w.stable()
		sv := w.web()
		assert.Equal(t, []string{
			"availabilityZoneRebalancing", "clusterArn", "createdAt", "createdBy", "currentServiceDeployment", "currentServiceRevisions",
			"deploymentConfiguration", "deploymentController", "deployments", "desiredCount", "enableECSManagedTags", "enableExecuteCommand", "events",
			"launchType", "loadBalancers", "pendingCount", "placementConstraints", "placementStrategy", "propagateTags", "resourceManagementType", "runningCount", "schedulingStrategy",
			"serviceArn", "serviceName", "serviceRegistries", "status", "taskDefinition",
		}, keysOf(t, awsjson.Marshal(&sv)))
		assert.Equal(t, []string{"bakeTimeInMinutes", "deploymentCircuitBreaker", "maximumPercent", "minimumHealthyPercent", "strategy"},
			keysOf(t, awsjson.Marshal(sv.DeploymentConfiguration)))
		assert.Equal(t, []string{
			"createdAt", "desiredCount", "failedTasks", "id", "launchType", "pendingCount", "rolloutState", "rolloutStateReason", "runningCount", "status",
			"taskDefinition", "updatedAt",
		}, keysOf(t, awsjson.Marshal(&sv.Deployments[0])))
		assert.Equal(t, types.DeploymentControllerTypeEcs, sv.DeploymentController.Type)
		assert.Equal(t, types.AvailabilityZoneRebalancingEnabled, sv.AvailabilityZoneRebalancing)
		assert.Equal(t, []any{types.LaunchTypeEc2, types.PropagateTagsNone, types.SchedulingStrategyReplica}, []any{sv.LaunchType, sv.PropagateTags, sv.SchedulingStrategy})
	})
}

// TestWhatWasSentComesBack echoes each setting of a service.
func TestWhatWasSentComesBack(t *testing.T) {
	inWorldOf(t, server.Config{Targets: newGroups()}, func(w *world) {
		td := w.register(types.NetworkModeAwsvpc, container("app", published))
		network := &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"s1", "s2"}, SecurityGroups: []string{"g"}, AssignPublicIp: types.AssignPublicIpDisabled}}
		config := &types.DeploymentConfiguration{
			MinimumHealthyPercent: aws.Int32(50), MaximumPercent: aws.Int32(150), BakeTimeInMinutes: aws.Int32(3), Strategy: types.DeploymentStrategyBlueGreen,
			DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true, Rollback: true, ResetOnHealthyTask: aws.Bool(false)},
			Alarms:                   &types.DeploymentAlarms{AlarmNames: []string{"a"}, Enable: true, Rollback: true},
		}
		sv := w.serve(td, 0, balanced, func(in *ecs.CreateServiceInput) {
			in.NetworkConfiguration, in.DeploymentConfiguration = network, config
			in.HealthCheckGracePeriodSeconds, in.PlatformVersion, in.Role = aws.Int32(7), aws.String("1.4.0"), aws.String("elb")
			in.ServiceConnectConfiguration = &types.ServiceConnectConfiguration{}
			in.EnableECSManagedTags, in.PropagateTags = true, types.PropagateTagsTaskDefinition
			in.AvailabilityZoneRebalancing, in.LaunchType = types.AvailabilityZoneRebalancingDisabled, types.LaunchTypeEc2
		})
		assert.Equal(t, network, sv.NetworkConfiguration)
		assert.Equal(t, network, sv.Deployments[0].NetworkConfiguration)
		assert.Equal(t, config, sv.DeploymentConfiguration)
		assert.Equal(t, "prod", *sv.LoadBalancers[0].AdvancedConfiguration.ProductionListenerRule)
		assert.Equal(t, []any{int32(7), "1.4.0", "arn:aws:iam::000000000000:role/elb"}, []any{*sv.HealthCheckGracePeriodSeconds, *sv.PlatformVersion, *sv.RoleArn})
		assert.Equal(t, []any{true, types.PropagateTagsTaskDefinition, types.AvailabilityZoneRebalancingDisabled}, []any{sv.EnableECSManagedTags, sv.PropagateTags, sv.AvailabilityZoneRebalancing})
		assert.False(t, sv.Deployments[0].ServiceConnectConfiguration.Enabled)
		assert.Zero(t, sv.DesiredCount)
		assert.Equal(t, types.DeploymentRolloutStateCompleted, w.stable().Deployments[0].RolloutState, "nothing to wait for")
	})
}

func keysOf(t *testing.T, text []byte) []string {
	t.Helper()
	members := map[string]any{}
	require.NoError(t, json.Unmarshal(text, &members))
	return slices.Sorted(maps.Keys(members))
}

func TestServicesAreNamedInManyWays(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := *w.serve(w.release("v1"), 1).ServiceArn
		for _, name := range []string{"web", arn, "arn:aws:ecs:us-east-1::service/default/web"} {
			for _, clusterName := range []string{"", "default", "arn:aws:ecs:us-east-1:000000000000:cluster/default", "arn:aws:ecs:us-east-1::cluster/default"} {
				in := &ecs.DescribeServicesInput{Services: []string{name}}
				if clusterName != "" {
					in.Cluster = aws.String(clusterName)
				}
				out, err := w.DescribeServices(t.Context(), in)
				require.NoError(t, err, "%s %s", name, clusterName)
				require.Len(t, out.Services, 1, "%s %s", name, clusterName)
			}
		}
		_, err := w.CreateService(t.Context(), &ecs.CreateServiceInput{
			ServiceName: aws.String("web"), TaskDefinition: w.web().TaskDefinition, DesiredCount: aws.Int32(1), Cluster: aws.String("default"),
		})
		require.NoError(t, err, "the same request by another name of the cluster")
	})
}

func TestDescribeServicesOfWhatIsNotThere(t *testing.T) {
	inWorld(t, func(w *world) {
		out, err := w.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Services: []string{"none", "arn:aws:ecs:us-east-1:000000000000:service/other/web"}})
		require.NoError(t, err)
		require.Len(t, out.Failures, 2)
		assert.Equal(t, "arn:aws:ecs:us-east-1:000000000000:service/default/none", *out.Failures[0].Arn)
		assert.Equal(t, "MISSING", *out.Failures[0].Reason)
		for text, in := range map[string]*ecs.DescribeServicesInput{
			"Services cannot be empty.": {},
			"at most 10":                {Services: make([]string, 11)},
			"Cluster not found.":        {Cluster: aws.String("none"), Services: []string{"web"}},
			"EVENTS":                    {Services: []string{"web"}, Include: []types.ServiceField{"EVENTS"}},
		} {
			_, err := w.DescribeServices(t.Context(), in)
			require.ErrorContains(t, err, text)
		}
		_, err = w.DeleteService(t.Context(), &ecs.DeleteServiceInput{Service: aws.String("none")})
		assert.Equal(t, "ServiceNotFoundException", code(t, err))
	})
}

// TestADrainingServiceKeepsItsName until its last task has stopped.
func TestADrainingServiceKeepsItsName(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.release("slow")
		w.serve(td, 1)
		w.stable()
		del := &ecs.DeleteServiceInput{Service: aws.String("web"), Force: aws.Bool(true)}
		_, err := w.DeleteService(t.Context(), del)
		require.NoError(t, err)
		_, err = w.CreateService(t.Context(), &ecs.CreateServiceInput{ServiceName: aws.String("web"), TaskDefinition: aws.String(td), DesiredCount: aws.Int32(1)})
		require.ErrorContains(t, err, "Unable to Start a service that is still Draining.")
		_, err = w.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: aws.String("web")})
		assert.Equal(t, "ServiceNotActiveException", code(t, err))
		again, err := w.DeleteService(t.Context(), del)
		require.NoError(t, err)
		assert.Equal(t, "DRAINING", *again.Service.Status)
		gone := w.reaches(func(sv types.Service) bool { return *sv.Status == "INACTIVE" })
		assert.Empty(t, gone.Deployments)
		_, err = w.DeleteService(t.Context(), del)
		assert.Equal(t, "ServiceNotFoundException", code(t, err))
		w.serve(td, 0)
		assert.Equal(t, "ACTIVE", *w.web().Status)
	}, simulated.On(simulated.Image("slow"), simulated.IgnoreTerm()))
}

func TestListServices(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.release("v1")
		for i := range 12 {
			w.serve(td, 0, func(in *ecs.CreateServiceInput) { in.ServiceName = aws.String(fmt.Sprintf("s%02d", i)) })
		}
		w.serve(td, 0, func(in *ecs.CreateServiceInput) {
			in.ServiceName, in.DesiredCount, in.SchedulingStrategy = aws.String("watch"), nil, types.SchedulingStrategyDaemon
		})
		var all []string
		pages := ecs.NewListServicesPaginator(lister{w}, &ecs.ListServicesInput{})
		for n := 10; pages.HasMorePages(); n = 3 {
			out, err := pages.NextPage(t.Context())
			require.NoError(t, err)
			assert.Len(t, out.ServiceArns, n)
			all = append(all, out.ServiceArns...)
		}
		assert.Len(t, all, 13)
		assert.True(t, slices.IsSorted(all))
		for want, in := range map[int]*ecs.ListServicesInput{
			1:  {SchedulingStrategy: types.SchedulingStrategyDaemon},
			0:  {LaunchType: types.LaunchTypeFargate},
			12: {SchedulingStrategy: types.SchedulingStrategyReplica, LaunchType: types.LaunchTypeEc2, MaxResults: aws.Int32(100)},
		} {
			out, err := w.ListServices(t.Context(), in)
			require.NoError(t, err)
			assert.Len(t, out.ServiceArns, want)
		}
		for _, in := range []*ecs.ListServicesInput{{LaunchType: "x"}, {SchedulingStrategy: "x"}, {ResourceManagementType: "x"}} {
			_, err := w.ListServices(t.Context(), in)
			assert.Equal(t, "InvalidParameterException", code(t, err))
		}
		_, err := w.ListServicesByNamespace(t.Context(), &ecs.ListServicesByNamespaceInput{Namespace: aws.String("shop")})
		assert.Equal(t, "NamespaceNotFoundException", code(t, err))
	})
}

func TestListServiceDeployments(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1)
		w.stable()
		time.Sleep(time.Hour)
		between := time.Now()
		time.Sleep(time.Second)
		w.ship(w.release("v2"))
		list := func(in *ecs.ListServiceDeploymentsInput) []types.ServiceDeploymentBrief {
			in.Service = aws.String("web")
			out, err := w.ListServiceDeployments(t.Context(), in)
			require.NoError(t, err)
			return out.ServiceDeployments
		}
		all := list(&ecs.ListServiceDeploymentsInput{})
		require.Len(t, all, 2)
		assert.True(t, all[0].CreatedAt.After(*all[1].CreatedAt), "newest first")
		number := (*w.web().Deployments[0].Id)[len("ecs-svc/"):]
		assert.Contains(t, *all[0].TargetServiceRevisionArn, number, "Terraform looks for it")
		assert.Equal(t, all[:1], list(&ecs.ListServiceDeploymentsInput{CreatedAt: &types.CreatedAt{After: &between}}))
		assert.Equal(t, all[1:], list(&ecs.ListServiceDeploymentsInput{CreatedAt: &types.CreatedAt{Before: &between}}))
		assert.Equal(t, all[1:], list(&ecs.ListServiceDeploymentsInput{Status: []types.ServiceDeploymentStatus{types.ServiceDeploymentStatusSuccessful}}))
		for text, in := range map[string]*ecs.ListServiceDeploymentsInput{
			"Service not found.": {Service: aws.String("none")},
			"BORED":              {Service: aws.String("web"), Status: []types.ServiceDeploymentStatus{"BORED"}},
		} {
			_, err := w.ListServiceDeployments(t.Context(), in)
			require.ErrorContains(t, err, text)
		}
	})
}

func TestServiceDeploymentsOfWhatIsNotThere(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1)
		w.stable()
		over := w.deployment(0).ServiceDeploymentArn
		none := aws.String("arn:aws:ecs:us-east-1:000000000000:service-deployment/default/web/0123456789abcdefghijk")
		out, err := w.DescribeServiceDeployments(t.Context(), &ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{*none, "x"}})
		require.NoError(t, err)
		assert.Len(t, out.Failures, 2)
		_, err = w.DescribeServiceDeployments(t.Context(), &ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: make([]string, 21)})
		require.ErrorContains(t, err, "at most 20")
		_, err = w.StopServiceDeployment(t.Context(), &ecs.StopServiceDeploymentInput{ServiceDeploymentArn: none})
		assert.Equal(t, "ServiceDeploymentNotFoundException", code(t, err))
		_, err = w.StopServiceDeployment(t.Context(), &ecs.StopServiceDeploymentInput{ServiceDeploymentArn: over})
		assert.Equal(t, "ConflictException", code(t, err))
		_, err = w.ContinueServiceDeployment(t.Context(), &ecs.ContinueServiceDeploymentInput{ServiceDeploymentArn: none})
		assert.Equal(t, "ServiceDeploymentNotFoundException", code(t, err))
		_, err = w.ContinueServiceDeployment(t.Context(), &ecs.ContinueServiceDeploymentInput{ServiceDeploymentArn: over, HookId: aws.String("h")})
		require.ErrorContains(t, err, "The lifecycle hook h does not wait for an action.")
	})
}

// TestAServiceAtRestSaysSoEverySixHours keeps at most 100 events, newest
// first.
func TestAServiceAtRestSaysSoEverySixHours(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1)
		w.stable()
		synctest.Wait()
		steady := func() (n int) {
			for _, e := range w.web().Events {
				if *e.Message == "(service web) has reached a steady state." {
					n++
				}
			}
			return n
		}
		assert.Equal(t, 1, steady())
		time.Sleep(24*time.Hour + time.Minute)
		assert.Equal(t, 5, steady())
		time.Sleep(30 * 24 * time.Hour)
		events := w.web().Events
		assert.Len(t, events, 100)
		assert.True(t, slices.IsSortedFunc(events, func(a, b types.ServiceEvent) int { return b.CreatedAt.Compare(*a.CreatedAt) }))
	})
}

// lister is a world as the SDK's paginators call it.
type lister struct{ *world }

func (l lister) ListServices(ctx context.Context, in *ecs.ListServicesInput, _ ...func(*ecs.Options)) (*ecs.ListServicesOutput, error) {
	return l.world.ListServices(ctx, in)
}

// TestPlatformOfADeployment is the version that LATEST stands for.
func TestPlatformOfADeployment(t *testing.T) {
	inWorld(t, func(w *world) {
		sv := w.serve(w.fargate(), 0, func(in *ecs.CreateServiceInput) {
			in.LaunchType = types.LaunchTypeFargate
			in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
		})
		assert.Equal(t, "LATEST", *sv.PlatformVersion)
		assert.Equal(t, "1.4.0", *sv.Deployments[0].PlatformVersion)
	})
}

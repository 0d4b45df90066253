package server

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// UpdateService changes a service. What its tasks are made from is changed by
// a new deployment; the desired count alone is not.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
func (s *Service) UpdateService(_ context.Context, in *ecs.UpdateServiceInput) (*ecs.UpdateServiceOutput, error) {
	if err := checkUpdateService(in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sv, err := s.activeService(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	if err := s.update(sv, in); err != nil {
		return nil, err
	}
	sv.poke()
	s.broadcast()
	out := sv.output(true)
	return &ecs.UpdateServiceOutput{Service: &out}, nil
}

func checkUpdateService(in *ecs.UpdateServiceInput) error {
	if deref(in.DesiredCount) < 0 {
		return invalidParameter(msgDesiredCount)
	}
	return cmp.Or(
		checkEnum("propagateTags", in.PropagateTags),
		checkEnum("availabilityZoneRebalancing", in.AvailabilityZoneRebalancing),
		checkStrategy(in.CapacityProviderStrategy),
		checkRules(in.PlacementConstraints, in.PlacementStrategy),
		checkDeploymentConfiguration(in.DeploymentConfiguration),
		unsupportedOf(members{
			"enableExecuteCommand":                         deref(in.EnableExecuteCommand),
			"gatewayConnectors":                            len(in.GatewayConnectors) > 0,
			"monitoring":                                   in.Monitoring != nil,
			"serviceConnectConfiguration":                  in.ServiceConnectConfiguration != nil && in.ServiceConnectConfiguration.Enabled,
			"serviceRegistries":                            len(in.ServiceRegistries) > 0,
			"vpcLatticeConfigurations":                     len(in.VpcLatticeConfigurations) > 0,
			"deploymentController":                         in.DeploymentController != nil && in.DeploymentController.Type != types.DeploymentControllerTypeEcs,
			"deploymentConfiguration.earlySuccessCriteria": early(in.DeploymentConfiguration),
		}),
	)
}

// update applies a request to a service, all of it or nothing.
func (s *Service) update(sv *service, in *ecs.UpdateServiceInput) error {
	if err := checkUpdate(sv, in); err != nil {
		return err
	}
	before, next := sv.api, *sv
	next.api = clone(sv.api)
	next.configure(in)
	if err := checkGrace(in.HealthCheckGracePeriodSeconds, next.api.LoadBalancers); err != nil {
		return err
	}
	if sv.external() {
		sv.api = next.api
		sv.scale(s, in.DesiredCount)
		return nil
	}
	return s.redeploy(sv, &next, before, in)
}

func checkUpdate(sv *service, in *ecs.UpdateServiceInput) error {
	switch {
	case sv.daemon() && in.DesiredCount != nil:
		return invalidParameter(msgDaemonDesiredCount)
	case sv.daemon() && len(in.PlacementStrategy) > 0:
		return invalidParameter(msgDaemonPlacement)
	}
	if !sv.external() {
		return nil
	}
	for name, is := range (members{
		"taskDefinition": in.TaskDefinition != nil, "networkConfiguration": in.NetworkConfiguration != nil,
		"loadBalancers": len(in.LoadBalancers) > 0, "platformVersion": in.PlatformVersion != nil,
		"forceNewDeployment": in.ForceNewDeployment,
	}) {
		if is {
			return invalidParameter(msgExternalMember, name)
		}
	}
	return nil
}

// configure takes over what a request has.
func (sv *service) configure(in *ecs.UpdateServiceInput) {
	api, from := &sv.api, clone(*in)
	setIf(&sv.connect, from.ServiceConnectConfiguration)
	setIf(&api.NetworkConfiguration, from.NetworkConfiguration)
	setIf(&api.PlatformVersion, from.PlatformVersion)
	setIf(&api.HealthCheckGracePeriodSeconds, from.HealthCheckGracePeriodSeconds)
	api.EnableECSManagedTags = orElse(from.EnableECSManagedTags, api.EnableECSManagedTags)
	api.PropagateTags = either(from.PropagateTags, api.PropagateTags)
	api.AvailabilityZoneRebalancing = either(from.AvailabilityZoneRebalancing, api.AvailabilityZoneRebalancing)
	if from.CapacityProviderStrategy != nil {
		api.CapacityProviderStrategy, api.LaunchType = from.CapacityProviderStrategy, ""
	}
	if from.LoadBalancers != nil {
		api.LoadBalancers = from.LoadBalancers
	}
	if from.PlacementConstraints != nil {
		api.PlacementConstraints = from.PlacementConstraints
	}
	if from.PlacementStrategy != nil {
		api.PlacementStrategy = placementStrategies(from.PlacementStrategy)
	}
	if from.VolumeConfigurations != nil {
		sv.volumes = from.VolumeConfigurations
	}
	if from.DeploymentConfiguration != nil {
		api.DeploymentConfiguration = mergeDeployment(api.DeploymentConfiguration, from.DeploymentConfiguration)
	}
}

// setIf sets what was given.
func setIf[T any](dst **T, value *T) {
	if value != nil {
		*dst = value
	}
}

// mergeDeployment puts the parts that were given in the places of the old
// ones.
func mergeDeployment(old, in *types.DeploymentConfiguration) *types.DeploymentConfiguration {
	out := *old
	setIf(&out.MinimumHealthyPercent, in.MinimumHealthyPercent)
	setIf(&out.MaximumPercent, in.MaximumPercent)
	setIf(&out.DeploymentCircuitBreaker, in.DeploymentCircuitBreaker)
	setIf(&out.Alarms, in.Alarms)
	setIf(&out.BakeTimeInMinutes, in.BakeTimeInMinutes)
	if in.LifecycleHooks != nil {
		out.LifecycleHooks = in.LifecycleHooks
	}
	if in.Strategy != "" {
		out.Strategy = in.Strategy
		out.CanaryConfiguration, out.LinearConfiguration = nil, nil
	}
	setIf(&out.CanaryConfiguration, in.CanaryConfiguration)
	setIf(&out.LinearConfiguration, in.LinearConfiguration)
	return &out
}

// redeploy checks the new settings and starts a deployment if the tasks are
// to be made from something else, or if it is forced.
func (s *Service) redeploy(sv, next *service, before types.Service, in *ecs.UpdateServiceInput) error {
	name := orElse(in.TaskDefinition, *sv.api.TaskDefinition)
	td, err := s.runnableOf(sv, name)
	if err != nil {
		return err
	}
	revisions := len(next.revisions)
	rev, err := s.revise(next, td)
	if err != nil {
		return err
	}
	next.api.TaskDefinition = td.def.TaskDefinitionArn
	changed := in.ForceNewDeployment || madeFrom(before, sv) != madeFrom(next.api, next)
	sv.api, sv.volumes, sv.connect = next.api, next.volumes, next.connect
	sv.scale(s, in.DesiredCount)
	if changed {
		sv.revisions = append(sv.revisions[:revisions:revisions], rev)
		s.deploy(sv, rev)
	}
	return nil
}

// runnableOf lets a service keep a task definition that has been
// deregistered since.
func (s *Service) runnableOf(sv *service, name string) (*taskDefinition, error) {
	td, ok := s.findTaskDefinition(name)
	if ok && *td.def.TaskDefinitionArn == *sv.api.TaskDefinition {
		return td, nil
	}
	return s.runnable(name)
}

// madeFrom is what tasks are made from, in a form that can be compared.
func madeFrom(api types.Service, sv *service) string {
	return string(awsjson.Marshal(&types.Service{
		TaskDefinition:           api.TaskDefinition,
		LaunchType:               api.LaunchType,
		CapacityProviderStrategy: api.CapacityProviderStrategy,
		PlatformVersion:          api.PlatformVersion,
		NetworkConfiguration:     api.NetworkConfiguration,
		LoadBalancers:            api.LoadBalancers,
		PropagateTags:            api.PropagateTags,
		Deployments: []types.Deployment{{
			VolumeConfigurations: sv.volumes, ServiceConnectConfiguration: sv.connect,
		}},
	}))
}

// scale gives the service another desired count.
func (sv *service) scale(s *Service, desired *int32) {
	if desired == nil || sv.desired == int(*desired) {
		return
	}
	sv.desired = int(*desired)
	for _, d := range sv.deployments {
		if d.frozen != nil {
			d.frozen = aws.Int(min(*d.frozen, sv.desired))
		}
	}
	s.action(sv, EventInfo, "SERVICE_DESIRED_COUNT_UPDATED", "", nil)
}

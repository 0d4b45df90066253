package server

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/partition"
)

// CreateService runs and keeps up a number of tasks of a task definition. The
// same request once more answers with the service that is there.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
func (s *Service) CreateService(ctx context.Context, in *ecs.CreateServiceInput) (*ecs.CreateServiceOutput, error) {
	if err := checkCreateService(in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	sv, err := s.sameService(c, in)
	if sv == nil && err == nil {
		sv, err = s.newService(ctx, c, in)
	}
	if err != nil {
		return nil, err
	}
	out := sv.output(true)
	return &ecs.CreateServiceOutput{Service: &out}, nil
}

// sameService returns the service that a request made before, and refuses one
// whose name is taken.
func (s *Service) sameService(c *cluster, in *ecs.CreateServiceInput) (*service, error) {
	sv, ok := s.findService(c, in.ServiceName)
	switch {
	case !ok || sv.status() == serviceInactive:
		return nil, nil
	case sv.status() == serviceDraining:
		return nil, invalidParameter(msgServiceDraining)
	case sv.request != serviceRequest(in):
		return nil, invalidParameter(msgServiceIdempotent)
	}
	return sv, nil
}

// serviceRequest is what tells one CreateService from another.
func serviceRequest(in *ecs.CreateServiceInput) string {
	bare := *in
	bare.ClientToken, bare.Cluster = nil, nil // the cluster has several names
	return string(awsjson.Marshal(&bare))
}

// newService makes a service, puts it into the store and starts it.
func (s *Service) newService(ctx context.Context, c *cluster, in *ecs.CreateServiceInput) (*service, error) {
	sv := &service{
		cluster: c, name: *in.ServiceName,
		arn:     s.arn("service", c.name, *in.ServiceName),
		request: serviceRequest(in), tags: clone(in.Tags), volumes: clone(in.VolumeConfigurations),
		connect: clone(in.ServiceConnectConfiguration), wake: make(chan struct{}, 1),
	}
	sv.api = s.newAPIService(sv, in)
	sv.api.CreatedBy = aws.String(s.callerARN(ctx))
	sv.desired = int(deref(in.DesiredCount))
	if !sv.external() {
		rev, err := s.reviseBy(sv, deref(in.TaskDefinition))
		if err != nil {
			return nil, err
		}
		sv.adopt(rev)
		s.deploy(sv, rev)
		s.countDaemons(sv)
	}
	key := serviceKey{c.name, sv.name}
	sv.past, s.services[key] = s.services[key], sv
	s.startService(sv)
	s.broadcast()
	return sv, nil
}

func (s *Service) newAPIService(sv *service, in *ecs.CreateServiceInput) types.Service {
	api := types.Service{
		ServiceArn:                    aws.String(sv.arn),
		ServiceName:                   aws.String(sv.name),
		ClusterArn:                    aws.String(sv.cluster.arn),
		Status:                        aws.String(serviceActive),
		CreatedAt:                     aws.Time(time.Now()),
		LaunchType:                    in.LaunchType,
		CapacityProviderStrategy:      in.CapacityProviderStrategy,
		PlatformVersion:               in.PlatformVersion,
		NetworkConfiguration:          in.NetworkConfiguration,
		LoadBalancers:                 append([]types.LoadBalancer{}, in.LoadBalancers...),
		ServiceRegistries:             []types.ServiceRegistry{},
		PlacementConstraints:          append([]types.PlacementConstraint{}, in.PlacementConstraints...),
		PlacementStrategy:             placementStrategies(in.PlacementStrategy),
		HealthCheckGracePeriodSeconds: in.HealthCheckGracePeriodSeconds,
		SchedulingStrategy:            either(in.SchedulingStrategy, types.SchedulingStrategyReplica),
		DeploymentController:          &types.DeploymentController{Type: types.DeploymentControllerTypeEcs},
		EnableECSManagedTags:          in.EnableECSManagedTags,
		EnableExecuteCommand:          in.EnableExecuteCommand,
		ResourceManagementType:        types.ResourceManagementTypeCustomer,
		PropagateTags:                 either(in.PropagateTags, types.PropagateTagsNone),
	}
	if in.DeploymentController != nil {
		api.DeploymentController = in.DeploymentController
	}
	api.DeploymentConfiguration = deploymentConfiguration(in.DeploymentConfiguration, api.SchedulingStrategy)
	api.AvailabilityZoneRebalancing = rebalancing(in)
	if len(in.LoadBalancers) > 0 || in.NetworkConfiguration != nil {
		api.RoleArn = aws.String(s.serviceRole(in))
	}
	return clone(api)
}

// rebalancing is on for the services that can have it.
func rebalancing(in *ecs.CreateServiceInput) types.AvailabilityZoneRebalancing {
	external := in.DeploymentController != nil && in.DeploymentController.Type != types.DeploymentControllerTypeEcs
	if in.SchedulingStrategy == types.SchedulingStrategyDaemon || external {
		return types.AvailabilityZoneRebalancingDisabled
	}
	return either(in.AvailabilityZoneRebalancing, types.AvailabilityZoneRebalancingEnabled)
}

// serviceRole is the role that ECS calls load balancers with: the
// service-linked one, unless the service has its own.
func (s *Service) serviceRole(in *ecs.CreateServiceInput) string {
	prefix := "arn:" + partition.Of(s.cfg.Region) + ":iam::" + s.cfg.Account + ":role/"
	switch role := deref(in.Role); {
	case role == "":
		return prefix + "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
	case len(role) > 4 && role[:4] == "arn:":
		return role
	default:
		return prefix + role
	}
}

// deploymentConfiguration fills in the defaults.
func deploymentConfiguration(in *types.DeploymentConfiguration, strategy types.SchedulingStrategy) *types.DeploymentConfiguration {
	out := clone(deref(in))
	least, most := int32(100), int32(200)
	if strategy == types.SchedulingStrategyDaemon {
		least, most = 0, 100
	}
	out.MinimumHealthyPercent = firstSet(out.MinimumHealthyPercent, &least)
	out.MaximumPercent = firstSet(out.MaximumPercent, &most)
	out.DeploymentCircuitBreaker = firstSet(out.DeploymentCircuitBreaker, &types.DeploymentCircuitBreaker{})
	out.Strategy = either(out.Strategy, types.DeploymentStrategyRolling)
	out.BakeTimeInMinutes = firstSet(out.BakeTimeInMinutes, aws.Int32(0))
	return &out
}

// placementStrategies spells the fields as ECS does.
func placementStrategies(list []types.PlacementStrategy) []types.PlacementStrategy {
	out := append([]types.PlacementStrategy{}, clone(list)...)
	for i := range out {
		switch deref(out[i].Field) {
		case "host":
			out[i].Field = aws.String("instanceId")
		case "CPU":
			out[i].Field = aws.String("cpu")
		case "MEMORY":
			out[i].Field = aws.String("memory")
		}
	}
	return out
}

func either[E ~string](value, otherwise E) E {
	if value == "" {
		return otherwise
	}
	return value
}

// reviseBy is revise by the name of a task definition that is ACTIVE.
func (s *Service) reviseBy(sv *service, taskDefinition string) (*serviceRevision, error) {
	td, err := s.runnable(taskDefinition)
	if err != nil {
		return nil, err
	}
	return s.revise(sv, td)
}

// revise checks the settings of a service against a task definition and
// records them as a revision. The caller holds s.mu.
func (s *Service) revise(sv *service, td *taskDefinition) (*serviceRevision, error) {
	launch, strategy, err := s.serviceLaunch(sv)
	if err != nil {
		return nil, err
	}
	in := &ecs.RunTaskInput{NetworkConfiguration: sv.api.NetworkConfiguration, VolumeConfigurations: serviceVolumes(sv.volumes)}
	if launch == types.LaunchTypeFargate {
		in.PlatformVersion = sv.api.PlatformVersion
	}
	if err := checkOrder(order{cluster: sv.cluster, definition: td, input: in, launchType: launch}); err != nil {
		return nil, err
	}
	if err := s.checkTargets(sv, td); err != nil {
		return nil, err
	}
	if _, err := placementRules(launch, td, sv.api.PlacementConstraints, sv.api.PlacementStrategy); err != nil {
		return nil, err
	}
	if launch == types.LaunchTypeFargate {
		sv.api.PlatformVersion = firstSet(sv.api.PlatformVersion, aws.String("LATEST"))
		sv.api.PlatformFamily = aws.String("Linux")
	}
	return s.newRevision(sv, td, launch, strategy), nil
}

// serviceLaunch chooses how the tasks of a service run. What the service
// doesn't say is shown only where ECS fills it in.
func (s *Service) serviceLaunch(sv *service) (types.LaunchType, []types.CapacityProviderStrategyItem, error) {
	launch, strategy, err := s.launchChoice(sv.cluster, sv.api.LaunchType, sv.api.CapacityProviderStrategy)
	if err == nil && strategy == nil {
		sv.api.LaunchType = launch
	}
	return launch, strategy, err
}

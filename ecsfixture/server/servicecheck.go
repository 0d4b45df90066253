package server

import (
	"cmp"
	"math"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The bounds of a service.
const (
	maxServiceToken         = 36
	maxLoadBalancers        = 5
	maxPlacementConstraints = 10
	maxPlacementStrategies  = 5
	maxBake                 = 1440 // minutes
	leastCanary             = 0.1  // percent
	leastStep               = 3.0
)

// checkCreateService checks what needs nothing but the request.
func checkCreateService(in *ecs.CreateServiceInput) error {
	switch name := deref(in.ServiceName); {
	case name == "":
		return invalidParameter(msgEmpty, "serviceName")
	case !namePattern.MatchString(name):
		return invalidParameter(msgServiceName, name)
	case in.ClientToken != nil && (len(*in.ClientToken) > maxServiceToken || !clientTokenForm.MatchString(*in.ClientToken)):
		return invalidParameter(msgClientToken, maxServiceToken)
	case in.LaunchType != "" && len(in.CapacityProviderStrategy) > 0:
		return invalidParameter(msgLaunchAndStrategy)
	}
	return cmp.Or(
		checkEnum("launchType", in.LaunchType),
		checkEnum("schedulingStrategy", in.SchedulingStrategy),
		checkEnum("propagateTags", in.PropagateTags),
		checkEnum("availabilityZoneRebalancing", in.AvailabilityZoneRebalancing),
		checkTags(in.Tags),
		checkStrategy(in.CapacityProviderStrategy),
		checkRules(in.PlacementConstraints, in.PlacementStrategy),
		unsupportedOfService(in),
		checkController(in),
		checkScheduling(in),
		checkGrace(in.HealthCheckGracePeriodSeconds, in.LoadBalancers),
		checkDeploymentConfiguration(in.DeploymentConfiguration),
	)
}

// unsupportedOfService refuses what a service may ask of AWS but not of this
// endpoint.
func unsupportedOfService(in *ecs.CreateServiceInput) error {
	if in.LaunchType == types.LaunchTypeExternal || in.LaunchType == types.LaunchTypeManagedInstances {
		return unsupportedMember("launchType " + string(in.LaunchType))
	}
	return unsupportedOf(members{
		"enableExecuteCommand":                         in.EnableExecuteCommand,
		"gatewayConnectors":                            len(in.GatewayConnectors) > 0,
		"monitoring":                                   in.Monitoring != nil,
		"serviceConnectConfiguration":                  in.ServiceConnectConfiguration != nil && in.ServiceConnectConfiguration.Enabled,
		"serviceRegistries":                            len(in.ServiceRegistries) > 0,
		"vpcLatticeConfigurations":                     len(in.VpcLatticeConfigurations) > 0,
		"deploymentController CODE_DEPLOY":             in.DeploymentController != nil && in.DeploymentController.Type == types.DeploymentControllerTypeCodeDeploy,
		"deploymentConfiguration.earlySuccessCriteria": early(in.DeploymentConfiguration),
	})
}

func early(c *types.DeploymentConfiguration) bool {
	return c != nil && c.EarlySuccessCriteria != nil && c.EarlySuccessCriteria.Enable
}

// members says which members a request has.
type members map[string]bool

// unsupportedOf names the first, by name, of the members that are set.
func unsupportedOf(set members) error {
	var names []string
	for name, is := range set {
		if is {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return unsupportedMember(slices.Min(names))
}

// checkController checks what goes with the deployment controller.
func checkController(in *ecs.CreateServiceInput) error {
	if in.DeploymentController == nil || in.DeploymentController.Type == types.DeploymentControllerTypeEcs {
		if deref(in.TaskDefinition) == "" {
			return invalidParameter(msgEmpty, "taskDefinition")
		}
		return nil
	}
	if err := checkEnum("deploymentController.type", in.DeploymentController.Type); err != nil {
		return err
	}
	for name, is := range (members{
		"taskDefinition": deref(in.TaskDefinition) != "", "networkConfiguration": in.NetworkConfiguration != nil,
		"loadBalancers": len(in.LoadBalancers) > 0, "platformVersion": in.PlatformVersion != nil,
	}) {
		if is {
			return invalidParameter(msgExternalMember, name)
		}
	}
	return nil
}

// checkScheduling checks what goes with REPLICA and DAEMON.
func checkScheduling(in *ecs.CreateServiceInput) error {
	external := in.DeploymentController != nil && in.DeploymentController.Type != types.DeploymentControllerTypeEcs
	if in.SchedulingStrategy != types.SchedulingStrategyDaemon {
		switch {
		case in.DesiredCount == nil && !external:
			return invalidParameter(msgRequired, "desiredCount")
		case deref(in.DesiredCount) < 0:
			return invalidParameter(msgDesiredCount)
		}
		return nil
	}
	switch {
	case in.DesiredCount != nil:
		return invalidParameter(msgDaemonDesiredCount)
	case external:
		return invalidParameter(msgDaemonController)
	case in.LaunchType == types.LaunchTypeFargate:
		return invalidParameter(msgDaemonFargate)
	case len(in.PlacementStrategy) > 0:
		return invalidParameter(msgDaemonPlacement)
	}
	return nil
}

func checkGrace(grace *int32, balancers []types.LoadBalancer) error {
	switch {
	case deref(grace) < 0:
		return invalidParameter(msgPercent, "healthCheckGracePeriodSeconds", 0, 2147483647)
	case deref(grace) > 0 && len(balancers) == 0:
		return invalidParameter(msgGracePeriod)
	}
	return nil
}

// checkDeploymentConfiguration checks the numbers of a deployment, and that
// each strategy has only what it takes.
func checkDeploymentConfiguration(c *types.DeploymentConfiguration) error {
	if c == nil {
		return nil
	}
	switch {
	case deref(c.MinimumHealthyPercent) < 0 || deref(c.MinimumHealthyPercent) > 100:
		return invalidParameter(msgPercent, "minimumHealthyPercent", 0, 100)
	case c.MaximumPercent != nil && (*c.MaximumPercent < 100 || *c.MaximumPercent > 200):
		return invalidParameter(msgPercent, "maximumPercent", 100, 200)
	case c.CanaryConfiguration != nil && c.Strategy != types.DeploymentStrategyCanary:
		return invalidParameter(msgStrategyConfig, "canaryConfiguration", types.DeploymentStrategyCanary)
	case c.LinearConfiguration != nil && c.Strategy != types.DeploymentStrategyLinear:
		return invalidParameter(msgStrategyConfig, "linearConfiguration", types.DeploymentStrategyLinear)
	}
	return cmp.Or(
		checkEnum("strategy", c.Strategy),
		checkShift(c),
		checkThreshold(c.DeploymentCircuitBreaker),
		checkHooks(c.LifecycleHooks),
	)
}

// checkShift checks the steps in which traffic is shifted.
func checkShift(c *types.DeploymentConfiguration) error {
	canary, linear := deref(c.CanaryConfiguration), deref(c.LinearConfiguration)
	return cmp.Or(
		checkPercent("canaryPercent", canary.CanaryPercent, leastCanary),
		checkPercent("stepPercent", linear.StepPercent, leastStep),
		checkBake("canaryBakeTimeInMinutes", canary.CanaryBakeTimeInMinutes),
		checkBake("stepBakeTimeInMinutes", linear.StepBakeTimeInMinutes),
		checkBake("bakeTimeInMinutes", c.BakeTimeInMinutes),
	)
}

// checkPercent wants a multiple of 0.1, from a minimum to 100.
func checkPercent(name string, percent *float64, least float64) error {
	if percent == nil {
		return nil
	}
	tenths := math.Round(*percent * 10)
	if *percent < least || *percent > 100 || math.Abs(*percent*10-tenths) > 1e-6 {
		return invalidParameter(msgPercentTenths, name, least)
	}
	return nil
}

func checkBake(name string, bake *int32) error {
	if deref(bake) < 0 || deref(bake) > maxBake {
		return invalidParameter(msgPercent, name, 0, maxBake)
	}
	return nil
}

func checkThreshold(b *types.DeploymentCircuitBreaker) error {
	if b == nil || b.ThresholdConfiguration == nil {
		return nil
	}
	if b.ThresholdConfiguration.Value < 1 {
		return invalidParameter(msgPositive, "thresholdConfiguration.value")
	}
	return checkEnum("thresholdConfiguration.type", b.ThresholdConfiguration.Type)
}

func checkHooks(hooks []types.DeploymentLifecycleHook) error {
	for _, h := range hooks {
		switch {
		case len(h.LifecycleStages) == 0:
			return invalidParameter(msgHookStages)
		case h.TargetType == types.DeploymentLifecycleHookTargetTypePause && slices.ContainsFunc(h.LifecycleStages, shiftStage):
			return invalidParameter(msgHookPause)
		case h.TargetType != types.DeploymentLifecycleHookTargetTypePause && deref(h.HookTargetArn) == "":
			return invalidParameter(msgHookTarget)
		}
		if err := cmp.Or(checkEnum("lifecycleStages", h.LifecycleStages...), checkEnum("targetType", h.TargetType)); err != nil {
			return err
		}
	}
	return nil
}

// shiftStage reports whether traffic is shifting at a stage: nothing can pause
// there.
func shiftStage(at types.DeploymentLifecycleHookStage) bool {
	return at == types.DeploymentLifecycleHookStageTestTrafficShift || at == types.DeploymentLifecycleHookStageProductionTrafficShift
}

// checkTargets holds the load balancers against the task definition and the
// target groups that there are.
func (s *Service) checkTargets(sv *service, td *taskDefinition) error {
	if len(sv.api.LoadBalancers) > maxLoadBalancers {
		return invalidParameter(msgLoadBalancersTooMany, maxLoadBalancers)
	}
	for _, lb := range sv.api.LoadBalancers {
		if lb.LoadBalancerName != nil {
			return unsupportedMember("loadBalancers.loadBalancerName")
		}
		if err := cmp.Or(checkBalanced(lb, td), s.checkGroups(lb)); err != nil {
			return err
		}
	}
	return nil
}

// checkBalanced wants the container and its port in the task definition.
func checkBalanced(lb types.LoadBalancer, td *taskDefinition) error {
	i := slices.IndexFunc(td.def.ContainerDefinitions, func(d types.ContainerDefinition) bool { return *d.Name == deref(lb.ContainerName) })
	if i < 0 {
		return invalidParameter(msgLoadBalancerUnknown, deref(lb.ContainerName))
	}
	mapped := slices.ContainsFunc(td.def.ContainerDefinitions[i].PortMappings, func(p types.PortMapping) bool {
		return deref(p.ContainerPort) == deref(lb.ContainerPort)
	})
	if !mapped {
		return invalidParameter(msgLoadBalancerPort, deref(lb.ContainerName), deref(lb.ContainerPort))
	}
	return nil
}

func (s *Service) checkGroups(lb types.LoadBalancer) error {
	groups := []string{deref(lb.TargetGroupArn)}
	if a := lb.AdvancedConfiguration; a != nil && a.AlternateTargetGroupArn != nil {
		groups = append(groups, *a.AlternateTargetGroupArn)
	}
	for _, arn := range groups {
		if s.cfg.Targets == nil || !s.cfg.Targets.Known(arn) {
			return invalidParameter(msgTargetGroupMissing)
		}
	}
	return nil
}

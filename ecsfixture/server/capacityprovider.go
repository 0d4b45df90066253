package server

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// provider is a capacity provider of the store. There are no Auto Scaling
// groups behind it: it is data, and a name that instances can belong to.
type provider struct {
	api  types.CapacityProvider // without tags
	tags []types.Tag
}

// builtInProviders are the capacity providers that every account has.
var builtInProviders = []string{"FARGATE", "FARGATE_SPOT"}

// newProviders returns what an account has from the start.
func (s *Service) newProviders() map[string]*provider {
	all := map[string]*provider{}
	for _, name := range builtInProviders {
		all[name] = &provider{api: types.CapacityProvider{
			CapacityProviderArn: aws.String(s.arn("capacity-provider", name)),
			Name:                aws.String(name),
			Status:              types.CapacityProviderStatusActive,
			Type:                types.CapacityProviderType(name),
		}}
	}
	return all
}

func (p *provider) active() bool { return p.api.Status == types.CapacityProviderStatusActive }

func (p *provider) fargate() bool { return slices.Contains(builtInProviders, *p.api.Name) }

func (p *provider) output(withTags bool) types.CapacityProvider {
	out := clone(p.api)
	out.Tags = []types.Tag{}
	if withTags {
		out.Tags = append(out.Tags, clone(p.tags)...)
	}
	return out
}

// findProvider returns a provider, ACTIVE or not, by its name or ARN. The
// caller holds s.mu.
func (s *Service) findProvider(nameOrARN string) (*provider, bool) {
	name, ok := s.resourceName("capacity-provider", nameOrARN)
	p, known := s.providers[name]
	return p, ok && known
}

// activeProvider is findProvider with an error for one that is not there. The
// caller holds s.mu.
func (s *Service) activeProvider(nameOrARN string) (*provider, error) {
	p, ok := s.findProvider(nameOrARN)
	if !ok || !p.active() {
		return nil, clientException(msgProviderMissing)
	}
	return p, nil
}

// providerNames are all providers, deleted ones too, the built-in ones first.
// The caller holds s.mu.
func (s *Service) providerNames() []string {
	names := slices.Collect(maps.Keys(s.providers))
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(boolOrder(s.providers[a].fargate(), s.providers[b].fargate()), strings.Compare(a, b))
	})
	return names
}

// boolOrder has true before false.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// scales reports whether a provider is expected to get more instances: tasks
// wait for them. The caller holds s.mu.
func (s *Service) scales(name *string) bool {
	p, ok := s.providers[deref(name)]
	return ok && p.api.AutoScalingGroupProvider != nil &&
		p.api.AutoScalingGroupProvider.ManagedScaling.Status == types.ManagedScalingStatusEnabled
}

const (
	maxTargetCapacity = 100
	maxScalingStep    = 10_000
	maxWarmup         = 10_000 // seconds
	defaultWarmup     = 300
)

var (
	providerName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)
	groupARN     = regexp.MustCompile(`^arn:aws[a-z-]*:autoscaling:[a-z0-9-]*:\d*:autoScalingGroup:[^:]+:autoScalingGroupName/.+$`)
)

// checkProviderName refuses names that AWS keeps for itself.
func checkProviderName(name string) error {
	lower := strings.ToLower(name)
	for _, prefix := range []string{"aws", "ecs", "fargate"} {
		if strings.HasPrefix(lower, prefix) {
			return clientException(msgProviderName)
		}
	}
	if !providerName.MatchString(name) {
		return clientException(msgProviderName)
	}
	return nil
}

func checkGroupProvider(g *types.AutoScalingGroupProvider) error {
	group := deref(g.AutoScalingGroupArn) // or its name
	if group == "" || strings.HasPrefix(group, "arn:") && !groupARN.MatchString(group) {
		return clientException(msgProviderGroup)
	}
	return checkGroupSettings(g)
}

// checkGroupSettings checks what can be changed of a provider.
func checkGroupSettings(g *types.AutoScalingGroupProvider) error {
	scaling := deref(g.ManagedScaling)
	err := cmp.Or(
		checkEnum("managedDraining", g.ManagedDraining),
		checkEnum("managedTerminationProtection", g.ManagedTerminationProtection),
		checkEnum("managedScaling.status", scaling.Status),
		checkRange("targetCapacity", scaling.TargetCapacity, 1, maxTargetCapacity),
		checkRange("minimumScalingStepSize", scaling.MinimumScalingStepSize, 1, maxScalingStep),
		checkRange("maximumScalingStepSize", scaling.MaximumScalingStepSize, 1, maxScalingStep),
		checkRange("instanceWarmupPeriod", scaling.InstanceWarmupPeriod, 0, maxWarmup),
	)
	protected := g.ManagedTerminationProtection == types.ManagedTerminationProtectionEnabled
	if err == nil && protected && scaling.Status != types.ManagedScalingStatusEnabled {
		return clientException(msgProviderProtection)
	}
	return err
}

func checkRange(member string, n *int32, least, most int32) error {
	if n != nil && (*n < least || *n > most) {
		return invalidParameter(msgPercent, member, least, most)
	}
	return nil
}

// fullGroupProvider fills in the defaults.
func fullGroupProvider(in *types.AutoScalingGroupProvider) *types.AutoScalingGroupProvider {
	out := clone(*in)
	out.ManagedDraining = either(out.ManagedDraining, types.ManagedDrainingEnabled)
	out.ManagedTerminationProtection = either(out.ManagedTerminationProtection, types.ManagedTerminationProtectionDisabled)
	scaling := deref(out.ManagedScaling)
	scaling.Status = either(scaling.Status, types.ManagedScalingStatusDisabled)
	scaling.TargetCapacity = firstSet(scaling.TargetCapacity, aws.Int32(maxTargetCapacity))
	scaling.MinimumScalingStepSize = firstSet(scaling.MinimumScalingStepSize, aws.Int32(1))
	scaling.MaximumScalingStepSize = firstSet(scaling.MaximumScalingStepSize, aws.Int32(maxScalingStep))
	scaling.InstanceWarmupPeriod = firstSet(scaling.InstanceWarmupPeriod, aws.Int32(defaultWarmup))
	out.ManagedScaling = &scaling
	return &out
}

// mergeGroupProvider puts what a request has into the places of the old.
func mergeGroupProvider(old *types.AutoScalingGroupProvider, in *types.AutoScalingGroupProviderUpdate) *types.AutoScalingGroupProvider {
	out, from := clone(*old), clone(*in)
	out.ManagedDraining = either(from.ManagedDraining, out.ManagedDraining)
	out.ManagedTerminationProtection = either(from.ManagedTerminationProtection, out.ManagedTerminationProtection)
	if m := from.ManagedScaling; m != nil {
		out.ManagedScaling.Status = either(m.Status, out.ManagedScaling.Status)
		setIf(&out.ManagedScaling.TargetCapacity, m.TargetCapacity)
		setIf(&out.ManagedScaling.MinimumScalingStepSize, m.MinimumScalingStepSize)
		setIf(&out.ManagedScaling.MaximumScalingStepSize, m.MaximumScalingStepSize)
		setIf(&out.ManagedScaling.InstanceWarmupPeriod, m.InstanceWarmupPeriod)
	}
	return &out
}

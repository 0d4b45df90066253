package server

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/placement"
)

const (
	maxStrategyItems  = 20
	maxStrategyBase   = 100_000
	maxStrategyWeight = 1000
)

// checkStrategy checks the numbers of a strategy.
func checkStrategy(strategy []types.CapacityProviderStrategyItem) error {
	if len(strategy) > maxStrategyItems {
		return invalidParameter(msgStrategyTooLong, maxStrategyItems)
	}
	bases, weights := 0, int32(0)
	for _, item := range strategy {
		if item.Base < 0 || item.Base > maxStrategyBase || item.Weight < 0 || item.Weight > maxStrategyWeight {
			return invalidParameter(msgStrategyRange, maxStrategyBase, maxStrategyWeight)
		}
		if item.Base > 0 {
			bases++
		}
		weights += item.Weight
	}
	switch {
	case bases > 1:
		return invalidParameter(msgStrategyBases)
	case len(strategy) > 1 && weights == 0:
		return invalidParameter(msgStrategyWeights)
	}
	return nil
}

// checkAssociated wants the providers of a strategy among those of its
// cluster, and all of one kind. The caller holds s.mu.
func (s *Service) checkAssociated(strategy []types.CapacityProviderStrategyItem, providers []string) error {
	fargate := 0
	for _, item := range strategy {
		name := aws.ToString(item.CapacityProvider)
		if !slices.Contains(providers, name) {
			return invalidParameter(msgProviderNotAssociated)
		}
		if s.providers[name].fargate() {
			fargate++
		}
	}
	if fargate > 0 && fargate < len(strategy) {
		return invalidParameter(msgStrategyMixed)
	}
	return nil
}

// launchChoice chooses how tasks run: as they say, by their strategy, by the
// cluster's, or on EC2. The caller holds s.mu.
func (s *Service) launchChoice(c *cluster, launch types.LaunchType, strategy []types.CapacityProviderStrategyItem) (types.LaunchType, []types.CapacityProviderStrategyItem, error) {
	if launch != "" {
		return launch, nil, nil
	}
	if len(strategy) == 0 {
		strategy = c.defaultStrategy()
	}
	if len(strategy) == 0 {
		return types.LaunchTypeEc2, nil, nil
	}
	if err := checkStrategy(strategy); err != nil {
		return "", nil, err
	}
	if err := s.checkAssociated(strategy, c.api.CapacityProviders); err != nil {
		return "", nil, err
	}
	launch = types.LaunchTypeEc2
	if s.providers[*strategy[0].CapacityProvider].fargate() {
		launch = types.LaunchTypeFargate
	}
	return launch, clone(strategy), nil
}

// shareOut names the provider of each of n tasks that come to those that a
// fleet has; nil where there is no strategy.
func shareOut(strategy []types.CapacityProviderStrategyItem, has []*task, n int) []*string {
	names := make([]*string, n)
	if len(strategy) == 0 {
		return names
	}
	var shares []placement.Share
	for _, item := range strategy {
		share := placement.Share{Base: int(item.Base), Weight: int(item.Weight)}
		for _, t := range has {
			if deref(t.api.CapacityProviderName) == *item.CapacityProvider {
				share.Has++
			}
		}
		shares = append(shares, share)
	}
	for at, share := range placement.Spread(shares, n) {
		names[at] = strategy[share].CapacityProvider
	}
	return names
}

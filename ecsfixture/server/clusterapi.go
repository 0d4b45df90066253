package server

import (
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	maxClusters     = 100 // that a request describes
	maxClustersPage = 100
)

// namePattern is what clusters, families and containers can be called.
var namePattern = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`)

// CreateCluster mirrors the ECS API. An active cluster of that name is
// returned as it is, a deleted one becomes active again.
func (s *Service) CreateCluster(_ context.Context, in *ecs.CreateClusterInput) (*ecs.CreateClusterOutput, error) {
	name := cmp.Or(aws.ToString(in.ClusterName), defaultCluster)
	if err := checkNewCluster(name, in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.checkProviders(in.CapacityProviders, in.DefaultCapacityProviderStrategy); err != nil {
		return nil, err
	}
	c, known := s.clusters[name]
	if !known {
		c = s.newCluster(name)
		s.clusters[name] = c
	}
	if !known || !c.active() {
		c.activate(s.defaultClusterSettings())
		c.setUp(in)
		s.broadcast()
	}
	return &ecs.CreateClusterOutput{Cluster: s.describeAll(c)}, nil
}

func checkNewCluster(name string, in *ecs.CreateClusterInput) error {
	if !namePattern.MatchString(name) {
		return invalidParameter(msgClusterName, name)
	}
	return cmp.Or(
		checkTags(in.Tags),
		checkClusterSettings(in.Settings),
		checkClusterConfiguration(in.Configuration),
	)
}

// setUp gives c, which is new, what a CreateCluster asks for.
func (c *cluster) setUp(in *ecs.CreateClusterInput) {
	c.tags = clone(in.Tags)
	c.api.Configuration = clone(in.Configuration)
	c.api.ServiceConnectDefaults = serviceConnectDefaults(nil, in.ServiceConnectDefaults)
	c.api.Settings = mergeSettings(c.api.Settings, in.Settings)
	if len(in.CapacityProviders) > 0 {
		c.setCapacityProviders(in.CapacityProviders, in.DefaultCapacityProviderStrategy)
	}
}

// DescribeClusters mirrors the ECS API. No names mean the default cluster,
// and a name that is not known becomes a failure.
func (s *Service) DescribeClusters(_ context.Context, in *ecs.DescribeClustersInput) (*ecs.DescribeClustersOutput, error) {
	if len(in.Clusters) > maxClusters {
		return nil, invalidParameter(msgClustersTooMany, maxClusters)
	}
	if err := checkEnum("include", in.Include...); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &ecs.DescribeClustersOutput{Clusters: []types.Cluster{}, Failures: []types.Failure{}}
	for _, name := range orDefault(in.Clusters) {
		if c, ok := s.findCluster(&name); ok {
			out.Clusters = append(out.Clusters, *s.describe(c, in.Include))
			continue
		}
		out.Failures = append(out.Failures, missing(s.clusterARN(name)))
	}
	return out, nil
}

func orDefault(names []string) []string {
	if len(names) == 0 {
		return []string{defaultCluster}
	}
	return names
}

// clusterARN returns the full ARN of a cluster, known or not.
func (s *Service) clusterARN(nameOrARN string) string {
	if name, ok := s.resourceName("cluster", nameOrARN); ok {
		return s.arn("cluster", name)
	}
	return nameOrARN
}

// ListClusters mirrors the ECS API: the active clusters, by name.
func (s *Service) ListClusters(_ context.Context, in *ecs.ListClustersInput) (*ecs.ListClustersOutput, error) {
	size, err := pageSize(in.MaxResults, maxClustersPage, maxClustersPage)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rows, next, err := page(s.activeARNs(), byText, in.NextToken, size)
	if err != nil {
		return nil, err
	}
	return &ecs.ListClustersOutput{ClusterArns: rows, NextToken: next}, nil
}

// activeARNs are the active clusters by name. The caller holds s.mu.
func (s *Service) activeARNs() (arns []string) {
	for _, name := range slices.Sorted(maps.Keys(s.clusters)) {
		if c := s.clusters[name]; c.active() {
			arns = append(arns, c.arn)
		}
	}
	return arns
}

// DeleteCluster mirrors the ECS API. The cluster stays describable, as
// INACTIVE; to delete it once more changes nothing.
func (s *Service) DeleteCluster(_ context.Context, in *ecs.DeleteClusterInput) (*ecs.DeleteClusterOutput, error) {
	if in.Cluster == nil {
		return nil, invalidParameter(msgEmpty, "cluster")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.findCluster(in.Cluster)
	if !ok {
		return nil, clusterNotFound()
	}
	if err := s.checkEmpty(c); err != nil {
		return nil, err
	}
	c.api.Status = aws.String(clusterInactive)
	s.broadcast()
	return &ecs.DeleteClusterOutput{Cluster: s.describeAll(c)}, nil
}

// checkEmpty refuses a cluster that is in use. The caller holds s.mu.
func (s *Service) checkEmpty(c *cluster) error {
	if c.registeredInstances() > 0 {
		return &types.ClusterContainsContainerInstancesException{Message: aws.String(msgClusterContainsInstances)}
	}
	if s.countServices(c, serviceActive, "")+s.countServices(c, serviceDraining, "") > 0 {
		return &types.ClusterContainsServicesException{Message: aws.String(msgClusterContainsServices)}
	}
	for _, t := range s.tasks {
		if t.cluster == c && t.active() {
			return &types.ClusterContainsTasksException{Message: aws.String(msgClusterContainsTasks)}
		}
	}
	return nil
}

// UpdateCluster mirrors the ECS API. What the request leaves out stays.
func (s *Service) UpdateCluster(_ context.Context, in *ecs.UpdateClusterInput) (*ecs.UpdateClusterOutput, error) {
	if err := cmp.Or(checkClusterSettings(in.Settings), checkClusterConfiguration(in.Configuration)); err != nil {
		return nil, err
	}
	c, err := s.updateCluster(in.Cluster, func(c *cluster) {
		c.api.Settings = mergeSettings(c.api.Settings, in.Settings)
		c.api.ServiceConnectDefaults = serviceConnectDefaults(c.api.ServiceConnectDefaults, in.ServiceConnectDefaults)
		if in.Configuration != nil {
			c.api.Configuration = clone(in.Configuration)
		}
	})
	return &ecs.UpdateClusterOutput{Cluster: c}, err
}

// UpdateClusterSettings mirrors the ECS API.
func (s *Service) UpdateClusterSettings(_ context.Context, in *ecs.UpdateClusterSettingsInput) (*ecs.UpdateClusterSettingsOutput, error) {
	if len(in.Settings) == 0 {
		return nil, invalidParameter(msgEmpty, "settings")
	}
	if err := checkClusterSettings(in.Settings); err != nil {
		return nil, err
	}
	c, err := s.updateCluster(in.Cluster, func(c *cluster) {
		c.api.Settings = mergeSettings(c.api.Settings, in.Settings)
	})
	return &ecs.UpdateClusterSettingsOutput{Cluster: c}, err
}

// updateCluster changes an active cluster and returns what it is then.
func (s *Service) updateCluster(nameOrARN *string, change func(*cluster)) (*types.Cluster, error) {
	if nameOrARN == nil {
		return nil, invalidParameter(msgEmpty, "cluster")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.activeCluster(nameOrARN)
	if err != nil {
		return nil, err
	}
	change(c)
	s.broadcast()
	return s.describeAll(c), nil
}

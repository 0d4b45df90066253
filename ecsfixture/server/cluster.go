package server

import (
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// defaultCluster is what a request means that names no cluster.
const defaultCluster = "default"

// The states of a cluster.
const (
	clusterActive   = "ACTIVE"
	clusterInactive = "INACTIVE" // deleted, still describable
)

// cluster is a cluster of the store. One that was deleted and made again is
// the same value: ECS reactivates it under its ARN.
type cluster struct {
	name, arn string
	api       types.Cluster // without tags and counts
	tags      []types.Tag
	instances []*instance // as they were registered, INACTIVE ones too
	placed    bool        // it has had instances: tasks are placed on them
	waiting   []*task     // for capacity, oldest first
}

// newCluster returns an active cluster as ECS makes it when nothing but its
// name is given. The caller stores it.
func (s *Service) newCluster(name string) *cluster {
	c := &cluster{name: name, arn: s.arn("cluster", name)}
	c.activate(s.defaultClusterSettings())
	return c
}

// activate gives c the state of a new cluster.
func (c *cluster) activate(settings []types.ClusterSetting) {
	c.tags, c.instances, c.placed, c.waiting = nil, nil, false, nil
	c.api = types.Cluster{
		ClusterArn:                      aws.String(c.arn),
		ClusterName:                     aws.String(c.name),
		Status:                          aws.String(clusterActive),
		Settings:                        settings,
		CapacityProviders:               []string{},
		DefaultCapacityProviderStrategy: []types.CapacityProviderStrategyItem{},
	}
}

func (c *cluster) active() bool { return *c.api.Status == clusterActive }

// findCluster returns a cluster, active or not, by its name or ARN; nil means
// the default one. The caller holds s.mu.
func (s *Service) findCluster(nameOrARN *string) (*cluster, bool) {
	if nameOrARN == nil {
		nameOrARN = aws.String(defaultCluster)
	}
	name, ok := s.resourceName("cluster", *nameOrARN)
	if !ok {
		return nil, false
	}
	c, ok := s.clusters[name]
	return c, ok
}

// activeCluster is findCluster with ECS's errors for a cluster that is
// unknown or INACTIVE. The caller holds s.mu.
func (s *Service) activeCluster(nameOrARN *string) (*cluster, error) {
	c, ok := s.findCluster(nameOrARN)
	switch {
	case !ok:
		return nil, clusterNotFound()
	case !c.active():
		return nil, inactiveCluster()
	}
	return c, nil
}

// describe returns a copy of c with what include asks for. The caller holds
// s.mu.
func (s *Service) describe(c *cluster, include []types.ClusterField) *types.Cluster {
	out := clone(c.api)
	n := s.countTasks(c)
	out.RunningTasksCount, out.PendingTasksCount = n.total(clusterRunning), n.total(clusterPending)
	out.RegisteredContainerInstancesCount = c.registeredInstances()
	out.ActiveServicesCount = s.countServices(c, serviceActive, "")
	out.Statistics, out.Tags = []types.KeyValuePair{}, []types.Tag{}
	if slices.Contains(include, types.ClusterFieldStatistics) {
		out.Statistics = s.statistics(c, n)
	}
	if slices.Contains(include, types.ClusterFieldTags) {
		out.Tags = append(out.Tags, clone(c.tags)...)
	}
	hideUnasked(&out, include)
	return &out
}

// hideUnasked takes away what DescribeClusters shows on demand only.
func hideUnasked(out *types.Cluster, include []types.ClusterField) {
	if !slices.Contains(include, types.ClusterFieldSettings) {
		out.Settings = []types.ClusterSetting{}
	}
	if !slices.Contains(include, types.ClusterFieldConfigurations) {
		out.Configuration = nil
	}
	if !slices.Contains(include, types.ClusterFieldAttachments) {
		out.Attachments, out.AttachmentsStatus = nil, nil
	}
}

// describeAll is describe with all there is, as the calls that change a
// cluster answer.
func (s *Service) describeAll(c *cluster) *types.Cluster {
	return s.describe(c, types.ClusterField("").Values())
}

// The two sorts of tasks that a cluster counts.
const (
	clusterRunning = "running"
	clusterPending = "pending"
)

// taskCounts has the number of tasks by sort and launch type.
type taskCounts map[[2]string]int32

// countTasks counts the tasks of c that have not stopped. The caller holds
// s.mu.
func (s *Service) countTasks(c *cluster) taskCounts {
	n := taskCounts{}
	for _, t := range s.tasks {
		if sort := clusterCount(aws.ToString(t.api.LastStatus)); t.cluster == c && sort != "" {
			n[[2]string{sort, string(t.api.LaunchType)}]++
		}
	}
	return n
}

// clusterCount is where a task of that lastStatus counts. Those on their way
// down count nowhere.
func clusterCount(lastStatus string) string {
	switch lastStatus {
	case "RUNNING":
		return clusterRunning
	case "PROVISIONING", "PENDING", "ACTIVATING":
		return clusterPending
	}
	return ""
}

func (n taskCounts) total(sort string) int32 {
	var sum int32
	for key, count := range n {
		if key[0] == sort {
			sum += count
		}
	}
	return sum
}

// launchTypeNames are the launch types as statistics spell them.
var launchTypeNames = []struct {
	launch types.LaunchType
	name   string
}{
	{types.LaunchTypeEc2, "EC2"},
	{types.LaunchTypeFargate, "Fargate"},
	{types.LaunchTypeExternal, "External"},
}

// statistics are the counts by launch type, as text.
func (s *Service) statistics(c *cluster, n taskCounts) []types.KeyValuePair {
	list := []types.KeyValuePair{}
	add := func(name string, count int32) {
		list = append(list, types.KeyValuePair{Name: &name, Value: aws.String(strconv.Itoa(int(count)))})
	}
	for _, l := range launchTypeNames {
		add("running"+l.name+"TasksCount", n[[2]string{clusterRunning, string(l.launch)}])
		add("pending"+l.name+"TasksCount", n[[2]string{clusterPending, string(l.launch)}])
		add("active"+l.name+"ServiceCount", s.countServices(c, serviceActive, l.launch))
		add("draining"+l.name+"ServiceCount", s.countServices(c, serviceDraining, l.launch))
	}
	return list
}

package server

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// RegisterContainerInstance mirrors the ECS API: it is what a container agent
// calls. Where the request has no capabilities, the instance gets those of a
// current agent. The signature of the identity document is not verified.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterContainerInstance.html
func (s *Service) RegisterContainerInstance(_ context.Context, in *ecs.RegisterContainerInstanceInput) (*ecs.RegisterContainerInstanceOutput, error) {
	if err := checkInstance(in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	i, known := s.findInstance(c, deref(in.ContainerInstanceArn))
	switch {
	case in.ContainerInstanceArn != nil && (!known || !i.registered()):
		return nil, instanceNotFound()
	case known:
		i.reconnect(in)
		s.instanceChanged(i)
		s.capacityChanged(c)
	default:
		i = s.newInstance(c, clonedRegistration(in))
		s.join(i)
	}
	out := i.output(types.ContainerInstanceFieldTags)
	return &ecs.RegisterContainerInstanceOutput{ContainerInstance: &out}, nil
}

// clonedRegistration fills in what an agent always sends.
func clonedRegistration(in *ecs.RegisterContainerInstanceInput) *ecs.RegisterContainerInstanceInput {
	out := clone(*in)
	has := func(name string) types.Resource { return resource(in.TotalResources, name) }
	tcp := has(resourceTCP).StringSetValue
	if tcp == nil {
		tcp = agentPorts
	}
	out.TotalResources = resources(
		cmp.Or(int(has(resourceCPU).IntegerValue), defaultInstanceCPU),
		cmp.Or(int(has(resourceMemory).IntegerValue), defaultInstanceMemory),
		tcp, has(resourceUDP).StringSetValue)
	return &out
}

func checkInstance(in *ecs.RegisterContainerInstanceInput) error {
	if len(in.PlatformDevices) > 0 {
		return unsupportedMember("platformDevices")
	}
	for _, r := range in.TotalResources {
		if !slices.Contains([]string{resourceCPU, resourceMemory, resourceTCP, resourceUDP}, deref(r.Name)) {
			return unsupportedMember("totalResources " + deref(r.Name))
		}
		for _, port := range r.StringSetValue {
			if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
				return invalidParameter(msgInstancePort, port)
			}
		}
	}
	if d := in.InstanceIdentityDocument; d != nil {
		if json.Unmarshal([]byte(*d), new(identityDocument)) != nil {
			return invalidParameter(msgIdentityDocument)
		}
	}
	return cmp.Or(checkTags(in.Tags), checkAttributes(in.Attributes))
}

// newInstance makes an instance that is not in its cluster yet. The input is
// the caller's own.
func (s *Service) newInstance(c *cluster, in *ecs.RegisterContainerInstanceInput) *instance {
	var identity identityDocument
	_ = json.Unmarshal([]byte(deref(in.InstanceIdentityDocument)), &identity) // checked
	id := newID()
	i := &instance{id: id, arn: s.arn("container-instance", c.name, id), cluster: c, tags: in.Tags, enis: defaultInstanceENIs}
	i.api = types.ContainerInstance{
		ContainerInstanceArn: aws.String(i.arn),
		Ec2InstanceId:        textIf(identity.InstanceID),
		Status:               aws.String(instanceActive),
		AgentConnected:       true,
		RegisteredAt:         aws.Time(time.Now()),
		RegisteredResources:  in.TotalResources,
		Attachments:          []types.Attachment{},
		VersionInfo:          in.VersionInfo,
	}
	if i.api.VersionInfo == nil {
		i.api.VersionInfo = &types.VersionInfo{AgentVersion: aws.String(agentVersion), AgentHash: aws.String("fixture"), DockerVersion: aws.String(dockerVersion)}
	}
	i.setAttributes(attributesOf(identity.attributes()))
	if !slices.ContainsFunc(in.Attributes, isCapability) {
		i.setAttributes(capabilities())
	}
	i.setAttributes(in.Attributes)
	return i
}

// join puts a new instance into its cluster.
func (s *Service) join(i *instance) {
	i.cluster.instances = append(i.cluster.instances, i)
	i.cluster.placed = true
	s.instanceChanged(i)
	s.capacityChanged(i.cluster)
}

// reconnect takes over what an agent tells that registers once more.
func (i *instance) reconnect(in *ecs.RegisterContainerInstanceInput) {
	again := clone(*in)
	i.api.AgentConnected = true
	i.setAttributes(again.Attributes)
	if len(in.TotalResources) > 0 {
		i.api.RegisteredResources = clonedRegistration(in).TotalResources
	}
	setIf(&i.api.VersionInfo, again.VersionInfo)
}

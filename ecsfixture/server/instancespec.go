package server

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// InstanceSpec is a container instance to add. What is not set is as on a
// t3.medium in the first zone of the region.
type InstanceSpec struct {
	Cluster          string // name or ARN; the default one unless set
	CPU              int    // units; 2048 unless set
	Memory           int    // MiB; 3840 unless set
	ENIs             int    // network interfaces for awsvpc tasks; 2 unless set
	InstanceType     string
	AvailabilityZone string
	EC2InstanceID    string // a new one unless set
	CapacityProvider string // that the instance belongs to, if any
	// Ports are taken, beside those that every instance uses itself.
	Ports, UDPPorts []int
	// Attributes are custom ones, or built-in ones with another value.
	Attributes map[string]string
	Tags       []types.Tag
}

// The defaults of an InstanceSpec.
const (
	defaultInstanceType   = "t3.medium"
	defaultInstanceCPU    = 2048
	defaultInstanceMemory = 3840
	defaultInstanceENIs   = 2
	agentVersion          = "1.96.0"
	dockerVersion         = "DockerVersion: 25.0.8"
)

// AddInstance adds a simulated container instance to a cluster, with an agent
// that has all capabilities. Tasks of the cluster are placed from then on.
func (s *Service) AddInstance(spec InstanceSpec) (types.ContainerInstance, error) {
	if err := cmp.Or(checkTags(spec.Tags), checkAttributes(attributesOf(spec.Attributes))); err != nil {
		return types.ContainerInstance{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.activeCluster(textIf(spec.Cluster))
	if err != nil {
		return types.ContainerInstance{}, err
	}
	i := s.newInstance(c, s.registrationOf(spec))
	i.enis = cmp.Or(spec.ENIs, defaultInstanceENIs)
	i.api.CapacityProviderName = textIf(spec.CapacityProvider)
	s.join(i)
	return i.output(types.ContainerInstanceFieldTags), nil
}

// registrationOf words a spec as its agent would.
func (s *Service) registrationOf(spec InstanceSpec) *ecs.RegisterContainerInstanceInput {
	zone := cmp.Or(spec.AvailabilityZone, s.cfg.Region+"a")
	identity := identityDocument{
		InstanceID:       cmp.Or(spec.EC2InstanceID, "i-"+newID()[:17]),
		InstanceType:     cmp.Or(spec.InstanceType, defaultInstanceType),
		AvailabilityZone: zone, ImageID: "ami-" + newID()[:17], Architecture: "x86_64",
	}
	document, _ := json.Marshal(identity) // of strings
	tcp := append(slices.Clone(agentPorts), texts(spec.Ports)...)
	return &ecs.RegisterContainerInstanceInput{
		InstanceIdentityDocument: aws.String(string(document)),
		TotalResources:           resources(cmp.Or(spec.CPU, defaultInstanceCPU), cmp.Or(spec.Memory, defaultInstanceMemory), tcp, texts(spec.UDPPorts)),
		Attributes:               attributesOf(spec.Attributes), Tags: spec.Tags,
	}
}

// attributesOf are attributes by name.
func attributesOf(values map[string]string) (list []types.Attribute) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, types.Attribute{Name: aws.String(name), Value: aws.String(values[name])})
	}
	return list
}

// identityDocument is what an EC2 instance's identity document tells that
// matters here.
//
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html
type identityDocument struct {
	InstanceID       string `json:"instanceId"`
	InstanceType     string `json:"instanceType"`
	AvailabilityZone string `json:"availabilityZone"`
	ImageID          string `json:"imageId"`
	Architecture     string `json:"architecture"`
}

// attributes are the built-in ones that ECS makes of a document.
func (d identityDocument) attributes() map[string]string {
	architecture := d.Architecture
	if architecture == "" {
		architecture = "x86_64"
	}
	values := map[string]string{
		"ecs.ami-id": d.ImageID, "ecs.instance-type": d.InstanceType, "ecs.availability-zone": d.AvailabilityZone,
		"ecs.cpu-architecture": architecture, "ecs.os-type": "linux", "ecs.os-family": "LINUX",
	}
	maps.DeleteFunc(values, func(_, v string) bool { return v == "" })
	return values
}

package server

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// attachmentENI is the type of the attachment of a network interface.
const attachmentENI = "ElasticNetworkInterface"

// newAttachment is the network interface of a new awsvpc task, before it has
// an address.
func newAttachment(c *types.NetworkConfiguration) types.Attachment {
	return types.Attachment{
		Id:      aws.String(newUUID()),
		Type:    aws.String(attachmentENI),
		Status:  aws.String("PRECREATED"),
		Details: []types.KeyValuePair{detail("subnetId", c.AwsvpcConfiguration.Subnets[0])},
	}
}

func detail(name, value string) types.KeyValuePair {
	return types.KeyValuePair{Name: aws.String(name), Value: aws.String(value)}
}

// attachInterface fills in the address that the runtime gave the task.
func attachInterface(api *types.Task, n runtime.Network) {
	for i := range api.Attachments {
		a := &api.Attachments[i]
		if *a.Type != attachmentENI {
			continue
		}
		a.Status = aws.String("ATTACHED")
		a.Details = append(a.Details,
			detail("networkInterfaceId", "eni-"+strings.ReplaceAll(*a.Id, "-", "")[:17]),
			detail("macAddress", n.MAC),
			detail("privateDnsName", privateDNS(n.IP)),
			detail("privateIPv4Address", n.IP))
		for j := range api.Containers {
			api.Containers[j].NetworkInterfaces = []types.NetworkInterface{{AttachmentId: a.Id, PrivateIpv4Address: aws.String(n.IP)}}
		}
	}
}

func privateDNS(ip string) string {
	return fmt.Sprintf("ip-%s.ec2.internal", strings.ReplaceAll(ip, ".", "-"))
}

func setAttachmentStatus(api *types.Task, status string) {
	for i := range api.Attachments {
		api.Attachments[i].Status = aws.String(status)
	}
}

// networkBindings words the ports that the engine bound. In host mode the
// container has its ports on the host itself; in awsvpc there are none.
func networkBindings(t *task, bound []runtime.Binding) []types.NetworkBinding {
	out := []types.NetworkBinding{}
	if isAWSVPC(t.definition) {
		return out
	}
	for _, b := range bound {
		out = append(out, types.NetworkBinding{
			BindIP:        aws.String(b.HostIP),
			ContainerPort: aws.Int32(int32(b.ContainerPort)),
			HostPort:      aws.Int32(int32(b.HostPort)),
			Protocol:      types.TransportProtocol(b.Protocol),
		})
	}
	return out
}

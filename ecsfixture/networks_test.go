package ecsfixture_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

// answering is a script that answers each connection to a port with a word.
func answering(port int, word string) string {
	return fmt.Sprintf("trap 'exit 0' TERM; nc -ll -p %d -e echo %s & wait", port, word)
}

// ownIP is a command that prints the address of a container.
const ownIP = `ip -4 -o addr show eth0 | awk '{split($4,a,"/");print a[1]}'`

// dialled reads what an address answers. Its listener may need a moment.
func dialled(t *testing.T, address string) string {
	t.Helper()
	for end := time.Now().Add(patience); ; {
		answer, err := dialOnce(address)
		switch {
		case err == nil:
			return answer
		case time.Now().After(end):
			t.Fatalf("%s does not answer: %v", address, err)
		}
		time.Sleep(20 * time.Millisecond) // what listens there tells nobody
	}
}

func dialOnce(address string) (string, error) {
	conn, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	b, err := io.ReadAll(conn)
	if err == nil && len(b) == 0 {
		err = io.ErrUnexpectedEOF
	}
	return strings.TrimSpace(string(b)), err
}

// freePort is a port that nobody has at the moment.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func ports(list ...types.PortMapping) func(*types.ContainerDefinition) {
	return func(d *types.ContainerDefinition) { d.PortMappings = list }
}

func port(container, host int) types.PortMapping {
	return types.PortMapping{ContainerPort: aws.Int32(int32(container)), HostPort: aws.Int32(int32(host))}
}

func inMode(mode types.NetworkMode) func(*ecs.RegisterTaskDefinitionInput) {
	return func(in *ecs.RegisterTaskDefinitionInput) { in.NetworkMode = mode }
}

// TestBridgeNetwork has tasks with the same container port beside each other.
func TestBridgeNetwork(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	fixed := freePort(t)
	udp := port(53, 0)
	udp.Protocol = types.TransportProtocolUdp
	td := register(t, fx, sh(t, "web", answering(80, "dynamic"), ports(port(80, 0), udp)))
	one, two := run(t, fx, td), run(t, fx, td)
	arn := run(t, fx, register(t, fx, sh(t, "web", answering(80, "fixed"), ports(port(80, fixed)))))
	first := fx.WaitTaskRunning(t, one).Containers[0]
	second := fx.WaitTaskRunning(t, two).Containers[0]
	require.Len(t, first.NetworkBindings, 2)
	byProtocol := map[types.TransportProtocol]types.NetworkBinding{}
	for _, b := range first.NetworkBindings {
		byProtocol[b.Protocol] = b
	}
	assert.Equal(t, int32(53), *byProtocol["udp"].ContainerPort)
	assert.Equal(t, int32(80), *byProtocol["tcp"].ContainerPort)
	assert.NotEqual(t, first.NetworkBindings, second.NetworkBindings)
	assert.Empty(t, first.NetworkInterfaces)
	assert.NotEqual(t, fx.Endpoint(t, one, "web", 80), fx.Endpoint(t, two, "web", 80))
	assert.Equal(t, "dynamic", dialled(t, fx.Endpoint(t, one, "web", 80)))
	assert.Equal(t, "dynamic", dialled(t, fx.Endpoint(t, two, "web", 80)))

	third := fx.WaitTaskRunning(t, arn).Containers[0]
	assert.Equal(t, int32(fixed), *third.NetworkBindings[0].HostPort)
	assert.Equal(t, "fixed", dialled(t, fmt.Sprint("127.0.0.1:", fixed)))

	taken := run(t, fx, register(t, fx, sh(t, "web", "exit 0", ports(port(80, fixed)))))
	task := fx.WaitTaskStopped(t, taken)
	assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
	require.NotNil(t, task.Containers[0].Reason, fx.Story(taken))
	assert.Regexp(t, `^CannotStartContainerError: Error response from daemon: .*(port is already allocated|address already in use)`, *task.Containers[0].Reason)
}

// TestHostNetwork has a container in the network of the host.
func TestHostNetwork(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	n := freePort(t)
	td := registerWith(t, fx, inMode(types.NetworkModeHost), sh(t, "web", say("ns", "readlink /proc/self/ns/net")+answering(n, "host"), ports(port(n, n))))
	arn := run(t, fx, td)
	task := fx.WaitTaskRunning(t, arn)
	assert.Equal(t, fmt.Sprint("127.0.0.1:", n), fx.Endpoint(t, arn, "web", n))
	assert.Equal(t, "host", dialled(t, fx.Endpoint(t, arn, "web", n)))
	require.Len(t, task.Containers[0].NetworkBindings, 1)
	b := task.Containers[0].NetworkBindings[0]
	assert.Equal(t, []int32{int32(n), int32(n)}, []int32{*b.ContainerPort, *b.HostPort})
	fx.Logs.WaitFor(t, logs.Task(arn), logs.Contains("ns="))
	own, err := os.Readlink("/proc/self/ns/net")
	require.NoError(t, err)
	assert.Equal(t, own, said(fx, arn, "web")["ns"], "the engine runs beside the test")
}

// TestNoNetwork has a container with nothing but a loopback interface.
func TestNoNetwork(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	arn := run(t, fx, registerWith(t, fx, inMode(types.NetworkModeNone), sh(t, "app", say("interfaces", "ls /sys/class/net"))))
	fx.AssertExitCode(t, arn, "app", 0)
	task := fx.WaitTaskStopped(t, arn)
	assert.NotContains(t, said(fx, arn, "app")["interfaces"], "eth")
	assert.Empty(t, task.Containers[0].NetworkBindings)
	assert.Empty(t, task.Containers[0].NetworkInterfaces)
	assert.Empty(t, task.Attachments)
	failed := pretend(t, func(t testing.TB) { fx.Endpoint(t, arn, "app", 80) })
	require.Len(t, failed.failures, 1)
	assert.Contains(t, failed.failures[0], "has not published port 80")
}

// TestAwsvpcNetwork looks at a task's network interface from within, from the
// API, from the host and from another task.
func TestAwsvpcNetwork(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	inside := say("ip", ownIP, "mac", "cat /sys/class/net/eth0/address", "ns", "readlink /proc/self/ns/net")
	td := registerWith(t, fx, inMode(types.NetworkModeAwsvpc),
		sh(t, "web", inside+answering(8080, "web"), ports(port(8080, 8080))),
		sh(t, "api", inside+answering(9090, "api"), sidecar, ports(port(9090, 9090))))
	inSubnets := func(in *ecs.RunTaskInput) {
		in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{
			Subnets: []string{"subnet-0abc", "subnet-0def"}, SecurityGroups: []string{"sg-1"}, AssignPublicIp: types.AssignPublicIpDisabled,
		}}
	}
	arn := run(t, fx, td, inSubnets)
	task := fx.WaitTaskRunning(t, arn)
	eni, got := details(t, task, "ElasticNetworkInterface")
	assert.Equal(t, "ATTACHED", *eni.Status)
	assert.Contains(t, []string{"subnet-0abc", "subnet-0def"}, got["subnetId"])
	assert.Regexp(t, "^eni-[0-9a-f]{17}$", got["networkInterfaceId"])
	ip := got["privateIPv4Address"]
	assert.Equal(t, "ip-"+strings.ReplaceAll(ip, ".", "-")+".ec2.internal", got["privateDnsName"])
	for _, c := range task.Containers {
		assert.Equal(t, []types.NetworkInterface{{AttachmentId: eni.Id, PrivateIpv4Address: aws.String(ip)}}, c.NetworkInterfaces)
		assert.Empty(t, c.NetworkBindings)
	}
	assert.Equal(t, "web", dialled(t, fx.Endpoint(t, arn, "web", 8080)))
	assert.Equal(t, "api", dialled(t, fx.Endpoint(t, arn, "api", 9090)))
	assert.Equal(t, "web", dialled(t, net.JoinHostPort(ip, "8080")), "by its own address, on Linux")
	fx.Logs.WaitFor(t, logs.Task(arn), logs.Container("web"), logs.Contains("ns="))
	fx.Logs.WaitFor(t, logs.Task(arn), logs.Container("api"), logs.Contains("ns="))
	web, api := said(fx, arn, "web"), said(fx, arn, "api")
	assert.Equal(t, web, api, "they share a namespace")
	assert.Equal(t, []string{ip, got["macAddress"]}, []string{web["ip"], web["mac"]})

	caller := registerWith(t, fx, inMode(types.NetworkModeAwsvpc), sh(t, "caller", say("answers", fmt.Sprintf("nc %s 8080 </dev/null; nc %s 9090 </dev/null", ip, ip), "ns", "readlink /proc/self/ns/net")))
	other := run(t, fx, caller, inSubnets)
	fx.AssertExitCode(t, other, "caller", 0)
	assert.Equal(t, "web api", said(fx, other, "caller")["answers"])
	assert.NotEqual(t, web["ns"], said(fx, other, "caller")["ns"])
	eni, _ = details(t, fx.WaitTaskStopped(t, other), "ElasticNetworkInterface")
	assert.Equal(t, "DELETED", *eni.Status)
}

// TestManyAwsvpcTasks runs 20 tasks at once in one fixture, 100 where slow
// tests are asked for: each has an address of its own and the same port, and
// all are in one network.
func TestManyAwsvpcTasks(t *testing.T) {
	const session = "ecsfixture-many-test"
	n := 20
	if slow() {
		n = 100
	}
	fx := ecsfixture.Start(t, ecsfixture.WithDocker(docker.WithSession(session)), ecsfixture.WithTimeout(10*time.Minute), ecsfixture.WithCloseTimeout(5*time.Minute))
	td := registerWith(t, fx, inMode(types.NetworkModeAwsvpc), sh(t, "web", answering(8080, "$("+ownIP+")"), ports(port(8080, 8080))))
	began := time.Now()
	var arns []string
	for range n / 10 {
		out, err := fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String(td), Count: aws.Int32(10), NetworkConfiguration: inSubnet()})
		require.NoError(t, err)
		for _, task := range out.Tasks {
			arns = append(arns, *task.TaskArn)
		}
	}
	seen := map[string]bool{}
	for _, arn := range arns {
		_, got := details(t, fx.WaitTaskRunning(t, arn), "ElasticNetworkInterface")
		seen[got["privateIPv4Address"]] = true
	}
	t.Log(strconv.Itoa(n), "tasks RUNNING after", time.Since(began).Round(time.Millisecond))
	assert.Len(t, seen, n)
	assert.Equal(t, 1, countKinds(t, session)["network"])
	for _, arn := range arns {
		host, _, err := net.SplitHostPort(fx.Endpoint(t, arn, "web", 8080))
		require.NoError(t, err)
		assert.Equal(t, host, dialled(t, fx.Endpoint(t, arn, "web", 8080)))
	}
}

package ecsfixture

import (
	"encoding/json"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/targetgroup"
)

func (fx *Fixture) inspectServices(*http.Request) (any, error) {
	out := &ecs.DescribeServicesOutput{Services: []types.Service{}}
	for _, z := range fx.allZones() {
		out.Services = append(out.Services, z.ecs.Services()...)
	}
	return json.RawMessage(awsjson.Marshal(out)), nil
}

// inspectServiceStory tells of the service of that name in whatever zone it
// is.
func (fx *Fixture) inspectServiceStory(r *http.Request) (any, error) {
	for _, z := range fx.allZones() {
		for _, sv := range z.ecs.Services() {
			if lastOf(*sv.ClusterArn) == r.PathValue("cluster") && *sv.ServiceName == r.PathValue("name") {
				return fx.ServiceStory(*sv.ServiceArn), nil
			}
		}
	}
	return nil, unknown("service " + r.PathValue("name"))
}

// group is a target group in JSON.
type group struct {
	ARN     string   `json:"targetGroupArn"`
	Name    string   `json:"name"`
	URL     string   `json:"url"`
	Targets []target `json:"targets"`
}

type target struct {
	Task     string            `json:"taskArn"`
	Address  string            `json:"address"`
	State    targetgroup.State `json:"state"`
	Reason   string            `json:"reason,omitempty"`
	Requests int               `json:"requests"`
	InFlight int               `json:"inFlight"`
}

func (fx *Fixture) inspectTargetGroups(*http.Request) (any, error) {
	list := []group{}
	for _, g := range fx.targets.Groups() {
		row := group{ARN: g.ARN, Name: g.Name, URL: g.URL(), Targets: []target{}}
		for _, t := range g.Targets() {
			row.Targets = append(row.Targets, target{t.Task, t.Address, t.State, t.Reason, t.Requests, t.InFlight})
		}
		list = append(list, row)
	}
	return list, nil
}

func (fx *Fixture) inspectAlarmOn(r *http.Request) (any, error)  { return fx.switchAlarm(r, true) }
func (fx *Fixture) inspectAlarmOff(r *http.Request) (any, error) { return fx.switchAlarm(r, false) }

func (fx *Fixture) switchAlarm(r *http.Request, on bool) (any, error) {
	fx.SetAlarm(r.PathValue("name"), on)
	return done, nil
}

package ecsfixture

import (
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/events"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// WithEventURL sends each event that ECS would send to EventBridge to a URL
// too, as the JSON body of a POST: in order and once. Filters, if any, choose
// which.
func WithEventURL(url string, filter ...events.Filter) Option {
	return func(o *options) { o.events = append(o.events, events.PostTo(url, filter...)) }
}

// newEvents returns the log for the events of all zones.
func (o options) newEvents() *events.Log {
	return events.NewLog(append([]events.Option{events.Timeout(o.timeout), events.Logger(o.logger)}, o.events...)...)
}

// serviceEvents words what services do for the log of events.
func serviceEvents(to *events.Source) func(server.ServiceEvent) {
	return func(e server.ServiceEvent) {
		d := events.ServiceDetail{
			EventType: e.Type, EventName: e.Name, ClusterARN: e.ClusterARN,
			DeploymentID: e.DeploymentID, Reason: e.Reason, TaskARNs: e.TaskARNs,
			ContainerInstanceARNs: e.ContainerInstanceARNs, CapacityProviderARNs: e.CapacityProviderARNs,
		}
		if e.Name == "SERVICE_DESIRED_COUNT_UPDATED" {
			d.DesiredCount = &e.DesiredCount
		}
		if e.Kind == server.DeploymentStateChange {
			to.DeploymentChanged(e.ServiceARN, e.At, d)
			return
		}
		to.ServiceActed(e.ServiceARN, e.At, d)
	}
}

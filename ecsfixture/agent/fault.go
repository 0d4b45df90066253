package agent

import (
	"fmt"
	"net/http"
	"slices"
)

// What there is to ask of the fault injection endpoint.
var (
	faults       = []string{"network-blackhole-port", "network-latency", "network-packet-loss"}
	faultActions = []string{"start", "stop", "status"}
)

type faultError struct{ Error string }

// fault refuses to inject faults: enableFaultInjection isn't supported, so no
// task has it.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fault-injection.html
func (a *Agent) fault(w http.ResponseWriter, r *http.Request) {
	name, action := r.PathValue("fault"), r.PathValue("action")
	c, ok := a.find(r, r.PathValue("id"))
	switch {
	case !ok:
		reply(w, http.StatusNotFound, faultError{fmt.Sprintf(msgFaultTask, r.PathValue("id"))})
	case !slices.Contains(faults, name) || !slices.Contains(faultActions, action):
		reply(w, http.StatusNotFound, faultError{fmt.Sprintf(msgFaultUnknown, name, action)})
	default:
		reply(w, http.StatusBadRequest, faultError{fmt.Sprintf(msgFaultOff, c.task.ARN)})
	}
}

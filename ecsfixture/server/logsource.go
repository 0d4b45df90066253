package server

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// logSource describes a container to the logs.
func (r *runner) logSource(d types.ContainerDefinition, containerID string) LogSource {
	source := LogSource{TaskARN: r.t.arn(), TaskID: r.t.id, Container: *d.Name, ContainerID: containerID}
	if d.LogConfiguration != nil {
		source.Driver = d.LogConfiguration.LogDriver
		source.Options = r.inputs.logOptions[*d.Name]
	}
	return source
}

// lateWriter is given to the runtime before the log stream can be named,
// which takes the container's id. The runtime writes only after Start.
type lateWriter struct {
	LogWriter
}

func (w *lateWriter) WriteLine(l runtime.Line) {
	if w.LogWriter != nil {
		w.LogWriter.WriteLine(l)
	}
}

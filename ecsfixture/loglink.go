package ecsfixture

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// logLink carries what containers write to the sink, and to CloudWatch Logs
// where the log driver is awslogs.
type logLink struct {
	sink       *logs.Sink
	cloudWatch *logs.CloudWatch
}

func (l *logLink) Open(from server.LogSource) (server.LogWriter, error) {
	w := &lines{sink: l.sink.Writer(from.TaskARN, from.Container)}
	if from.Driver != types.LogDriverAwslogs {
		return w, nil
	}
	driver, err := l.cloudWatch.Driver(from.Options, from.Container, from.TaskID, from.ContainerID)
	if err != nil {
		return nil, err
	}
	w.driver = driver
	return w, nil
}

func (l *logLink) Done(taskARN string) { l.sink.Done(taskARN) }

// lines takes the lines of one container.
type lines struct {
	sink   func(runtime.Line)
	driver *logs.Driver // nil without awslogs
}

func (w *lines) WriteLine(l runtime.Line) {
	w.sink(l)
	if w.driver != nil {
		w.driver.Write(l)
	}
}

func (w *lines) Close() {
	if w.driver != nil {
		w.driver.Flush()
	}
}

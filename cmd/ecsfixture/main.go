// Command ecsfixture is an Amazon ECS for tests that aren't written in Go: an
// endpoint of its own process, to be used by Terraform, the aws command line,
// boto3 and all other clients of AWS.
//
//	ecsfixture exec -- pytest
//	ecsfixture serve --address 127.0.0.1:4566
package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// program is the command line.
type program struct {
	LogLevel  slog.Level `default:"info" placeholder:"LEVEL" help:"What is logged to stderr: debug, info, warn or error. At debug that is each call."`
	LogFormat string     `default:"text" enum:"text,json" help:"How it is logged: text or json."`

	Version kong.VersionFlag `help:"Show the version and exit."`

	Serve      serveCommand      `cmd:"" help:"Serve until SIGINT or SIGTERM, then remove everything."`
	Exec       execCommand       `cmd:"" help:"Run a command against an endpoint that lives as long as it does."`
	Sweep      sweepCommand      `cmd:"" help:"Remove what killed runs left in the Docker engine."`
	Completion completionCommand `cmd:"" help:"Print the completion script of a shell."`
	Complete   completeCommand   `cmd:"" hidden:"" help:"List what the last word can be: for the completion scripts."`
}

func main() { os.Exit(run(os.Args[1:])) }

// run is the boundary at which errors become messages and exit codes.
func run(args []string) int {
	// A reader of the output that went away mustn't keep containers alive.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	var p program
	parser := newParser(&p)
	parsed, err := parser.Parse(args)
	parser.Stdout = os.Stderr // how to call it is no output where it was called wrongly
	parser.FatalIfErrorf(err)
	err = parsed.Run(p.logger(os.Stderr))
	var code exitCode
	if errors.As(err, &code) {
		return int(code)
	}
	parser.FatalIfErrorf(err)
	return 0
}

func newParser(p *program) *kong.Kong {
	return kong.Must(p, kong.Name("ecsfixture"), kong.Description("An Amazon ECS for tests."),
		kong.ShortUsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Vars{"version": version()})
}

func (p *program) logger(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: p.LogLevel}
	if p.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// version is the module's, as the Go toolchain stamped it.
func version() string {
	info, _ := debug.ReadBuildInfo() // always there in a module
	return info.Main.Version
}

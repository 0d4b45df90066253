package runtimetest

import (
	"bufio"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// The shell programs do what their behaviours say, wherever a shell runs.

func TestShellPrints(t *testing.T) {
	var out, errs strings.Builder
	cmd := shell(t, Prints)
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	if cmd.ProcessState.ExitCode() != 3 || out.String() != "out 1\nout 2\n" || errs.String() != "err 1\n" {
		t.Errorf("%v, %q, %q", cmd.ProcessState, out.String(), errs.String())
	}
}

func TestShellPrintsMany(t *testing.T) {
	out, err := shell(t, PrintsMany).Output()
	if err != nil || string(out) != strings.Join(numbered(manyLines), "\n")+"\n" {
		t.Errorf("%v, %d bytes", err, len(out))
	}
}

func TestShellObeys(t *testing.T) {
	cmd, out := ready(t, Obeys)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if !out.Scan() || out.Text() != "bye" {
		t.Errorf("said %q", out.Text())
	}
	_ = cmd.Wait()
	if cmd.ProcessState.ExitCode() != 7 {
		t.Error(cmd.ProcessState)
	}
}

// TestShellIgnores has a kill after SIGTERM, which is the end that counts.
func TestShellIgnores(t *testing.T) {
	cmd, _ := ready(t, Ignores)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
		t.Error(cmd.ProcessState)
	}
}

func ready(t *testing.T, b Behavior) (*exec.Cmd, *bufio.Scanner) {
	cmd := shell(t, b)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // with its sleep
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	out := bufio.NewScanner(pipe)
	if !out.Scan() || out.Text() != "ready" {
		t.Fatalf("said %q", out.Text())
	}
	return cmd, out
}

func shell(t *testing.T, b Behavior) *exec.Cmd {
	argv := Shell(nil, "busybox").Spec(b).Command
	if _, err := exec.LookPath(argv[0]); err != nil {
		t.Skip(err)
	}
	return exec.Command(argv[0], argv[1:]...)
}

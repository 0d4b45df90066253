//go:build unix

package main

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// forwarded are the signals that are passed on to a command.
var forwarded = []os.Signal{
	syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2,
}

// sentByTerminal reports whether a signal is from the keyboard: then the
// terminal has sent it to the command as well, for which a second interrupt
// may mean more than the first.
func sentByTerminal(sig os.Signal) bool {
	if sig != syscall.SIGINT && sig != syscall.SIGQUIT {
		return false
	}
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	foreground, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && foreground == unix.Getpgrp()
}

func exitOf(s *os.ProcessState) exitCode {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitBySignal + exitCode(status.Signal())
	}
	return exitCode(s.ExitCode())
}

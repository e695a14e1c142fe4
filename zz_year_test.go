package main
import ("testing";"os/exec")
func TestYearZZ(t *testing.T){ p:=year(t); exec.Command("cp",p,"/tmp/year.db").Run() }

"""Stage 7: erase what is past its time or what somebody asks to erase, unless it is on legal hold."""

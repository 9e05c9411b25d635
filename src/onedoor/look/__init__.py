"""How it looks: tokens, style sheets, scripts, icons and the template tags of the parts. No tables, no words of the field."""

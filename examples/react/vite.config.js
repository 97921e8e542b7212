import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  server: { proxy: { "/session": "http://127.0.0.1:5000" } }, // examples/accounts.py
});

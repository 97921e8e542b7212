import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [vue()],
  server: { proxy: { "/session": "http://127.0.0.1:5000" } }, // examples/accounts.py
});

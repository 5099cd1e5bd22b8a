// The graph of a case: sigma draws what the server laid out. The tables beside it say the same.

const figure = document.querySelector("[data-graph]");
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const STEP = 0.8;
// Lines are left out while the picture moves once three frames in a row have taken longer.
const SLOW_MS = 80;
const FEW_EDGES = 200;
// A disc that is all there is takes this part of the picture.
const ALONE = 1 / 3;
// Where all of it is seen: pixels from the middle of a mark or an account, and across a line, at most.
const MOST = { token: 9, member: 14, edge: 2.5 };
const PADDING = 24;

// Circles, squares and the like, so that no kind is told by its colour alone: signed distances in
// the fragment shader, the same way as sigma's own discs are drawn.
function shapes({ NodeProgram }, { floatColor }) {
  const VERTEX = `
    attribute vec4 a_id; attribute vec4 a_color; attribute vec2 a_position;
    attribute float a_size; attribute float a_shape; attribute float a_angle;
    uniform mat3 u_matrix; uniform float u_sizeRatio; uniform float u_correctionRatio;
    varying vec4 v_color; varying vec2 v_at; varying float v_pixel; varying float v_shape;
    void main() {
      float size = a_size * u_correctionRatio / u_sizeRatio * 4.0;
      // A triangle around the node: what has corners needs more of it than what is round.
      float room = a_shape > 0.5 && a_shape < 5.5 ? 1.25 : 1.0;
      vec2 offset = room * size * vec2(cos(a_angle), sin(a_angle));
      gl_Position = vec4((u_matrix * vec3(a_position + offset, 1)).xy, 0, 1);
      v_at = offset * 2.0 / size;
      v_pixel = u_correctionRatio * 4.0 / size;
      v_shape = a_shape;
      #ifdef PICKING_MODE
      v_color = a_id;
      #else
      v_color = a_color;
      #endif
      v_color.a *= 255.0 / 254.0;
    }`;
  const FRAGMENT = `
    precision highp float;
    varying vec4 v_color; varying vec2 v_at; varying float v_pixel; varying float v_shape;
    float outside(vec2 p) {
      vec2 q = abs(p);
      if (v_shape < 0.5) return length(p) - 1.0;
      if (v_shape < 1.5) return max(q.x, q.y) - 0.86;
      if (v_shape < 2.5) return (q.x + q.y) * 0.7071 - 0.8;
      if (v_shape < 3.5) return max(q.x * 0.866 + p.y * 0.5, -p.y) - 0.6;
      if (v_shape < 4.5) return max(q.x * 0.5 + q.y * 0.866, q.x) - 0.9;
      if (v_shape < 5.5) return max(min(q.x, q.y) - 0.36, max(q.x, q.y) - 1.0);
      return v_shape < 6.5 ? abs(length(p) - 0.985) - 0.015 : length(p) - 1.0;
    }
    void main() {
      float far = outside(v_at);
      #ifdef PICKING_MODE
      if (far > 0.0) discard;
      gl_FragColor = v_color;
      #else
      // A disc is a pale one with a rim, so that what lies beneath it is seen.
      vec4 color = v_shape > 6.5 && far < -2.0 * v_pixel ? v_color * 0.16 : v_color;
      gl_FragColor = mix(color, vec4(0.0), smoothstep(-v_pixel, v_pixel * 0.5, far));
      #endif
    }`;
  const { FLOAT, UNSIGNED_BYTE, TRIANGLES } = WebGLRenderingContext;
  const third = (2 * Math.PI) / 3;
  return class extends NodeProgram {
    getDefinition() {
      return {
        VERTICES: 3,
        VERTEX_SHADER_SOURCE: VERTEX,
        FRAGMENT_SHADER_SOURCE: FRAGMENT,
        METHOD: TRIANGLES,
        UNIFORMS: ["u_sizeRatio", "u_correctionRatio", "u_matrix"],
        ATTRIBUTES: [
          { name: "a_position", size: 2, type: FLOAT },
          { name: "a_size", size: 1, type: FLOAT },
          { name: "a_color", size: 4, type: UNSIGNED_BYTE, normalized: true },
          { name: "a_id", size: 4, type: UNSIGNED_BYTE, normalized: true },
          { name: "a_shape", size: 1, type: FLOAT },
        ],
        CONSTANT_ATTRIBUTES: [{ name: "a_angle", size: 1, type: FLOAT }],
        CONSTANT_DATA: [[0], [third], [2 * third]],
      };
    }

    processVisibleItem(index, start, { x, y, size, color, shape }) {
      this.array.set([x, y, size, floatColor(color), index, shape], start);
    }

    setUniforms({ sizeRatio, correctionRatio, matrix }, { gl, uniformLocations }) {
      gl.uniform1f(uniformLocations.u_sizeRatio, sizeRatio);
      gl.uniform1f(uniformLocations.u_correctionRatio, correctionRatio);
      gl.uniformMatrix3fv(uniformLocations.u_matrix, false, matrix);
    }
  };
}

class GraphIsland {
  constructor(root, island) {
    this.root = root;
    this.island = island;
    this.canvas = root.querySelector(".graph-canvas");
    this.panel = root.querySelector(".graph-panel");
    this.first = [...this.panel.querySelectorAll("[data-title], [data-about]")].map((one) => one.textContent);
    this.unfolded = root.dataset.unfolded.split(" ").filter(Boolean);
    this.rendered = [...this.unfolded];
    this.chosen = null;
    this.near = new Set();
  }

  async start() {
    await this.load();
    this.draw();
    this.listen();
    performance.mark("graph-drawn");
    // For whoever measures it.
    this.root.graph = this;
    this.root.dataset.drawn = String(this.graph.order);
  }

  query() {
    return this.unfolded.map((one) => `unfold=${one}`).join("&");
  }

  async load() {
    const asked = this.query();
    const answer = await fetch(`${this.root.dataset.graph}?${asked}`, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const data = await answer.json();
    // Somebody may have folded a group up meanwhile.
    if (asked === this.query()) this.data = data;
  }

  ink() {
    const names = ["paper", "ink", "quiet", "line", "strong-line", "accent", "sunk", ...[1, 2, 3, 4, 5, 6, 7, 8].map((one) => `hue-${one}`)];
    return Object.fromEntries(names.map((one) => [one, this.island.colour(one)]));
  }

  filled() {
    const { nodes, edges } = this.data;
    const graph = new graphology.Graph({ type: "undirected", multi: false });
    const look = { group: "strong-line", unfolded: "strong-line", member: "quiet" };
    const pixels = this.pixels();
    const thick = Math.min(1, MOST.edge / pixels / Math.max(...edges.size, 0.1));
    nodes.key.forEach((key, at) => graph.addNode(key, {
      x: nodes.x[at],
      y: nodes.y[at],
      size: Math.min(nodes.size[at], (MOST[nodes.kind[at]] ?? Infinity) / pixels),
      shape: nodes.shape[at],
      color: this.colours[look[nodes.kind[at]] ?? `hue-${nodes.hue[at]}`],
      label: nodes.kind[at] === "member" ? null : nodes.label[at],
      forceLabel: nodes.kind[at] === "group" || nodes.kind[at] === "unfolded",
      kind: nodes.kind[at],
      // Discs lie below what ties them.
      zIndex: nodes.kind[at] === "token" ? 2 : nodes.kind[at] === "member" ? 1 : 0,
      at,
    }));
    edges.from.forEach((from, at) => graph.mergeEdge(nodes.key[from], nodes.key[edges.to[at]], {
      size: edges.size[at] * thick,
      color: this.colours.line,
      count: edges.count[at],
    }));
    return graph;
  }

  draw() {
    this.colours = this.ink();
    this.graph = this.filled();
    if (this.sigma) {
      this.sigma.setCustomBBox(this.box());
      this.sigma.setGraph(this.graph);
      this.tell();
      return;
    }
    this.canvas.replaceChildren();
    this.sigma = new Sigma(this.graph, this.canvas, {
      nodeProgramClasses: { shape: shapes(Sigma.rendering, Sigma.utils) },
      defaultNodeType: "shape",
      nodeHoverProgramClasses: {},
      itemSizesReference: "positions",
      zoomToSizeRatioFunction: (ratio) => ratio,
      minEdgeThickness: 0.5,
      minCameraRatio: 0.01,
      maxCameraRatio: 3,
      stagePadding: PADDING,
      zIndex: true,
      labelFont: "system-ui, sans-serif",
      labelSize: 12,
      labelDensity: 0.6,
      labelGridCellSize: 130,
      labelRenderedSizeThreshold: 7,
      // What the pointer is at is told by the panel and by what fades.
      defaultDrawNodeHover: () => {},
      defaultDrawNodeLabel: (context, data, settings) => this.label(context, data, settings),
      nodeReducer: (node, data) => this.node(node, data),
      edgeReducer: (edge, data) => this.edge(edge, data),
    });
    this.sigma.setCustomBBox(this.box());
    // The box counts from the next time that places are worked out.
    this.sigma.refresh();
    this.tell();
  }

  // All of it: sigma itself looks at the middles of nodes only.
  box() {
    const { x, y, size } = this.data.nodes;
    const part = size.length === 1 ? ALONE : 1;
    const span = (at) => at.reduce(([low, high], one, place) => [Math.min(low, one - size[place] / part), Math.max(high, one + size[place] / part)], [Infinity, -Infinity]);
    return { x: span(x), y: span(y) };
  }

  // Of a unit of what the server laid out, where all of it is seen.
  pixels() {
    const { x, y } = this.box();
    const side = (length, [low, high]) => (length - 2 * PADDING) / (high - low);
    return Math.max(Math.min(side(this.canvas.clientWidth, x), side(this.canvas.clientHeight, y)), 0.01);
  }

  label(context, data, settings) {
    if (!data.label) return;
    const group = ["group", "unfolded"].includes(data.kind) && data.size > 30;
    context.font = `${group ? 600 : 400} ${settings.labelSize}px ${settings.labelFont}`;
    const width = context.measureText(data.label).width;
    const right = data.x + data.size + 3;
    const beside = right + width > this.canvas.clientWidth ? data.x - data.size - 3 - width : right;
    const x = group ? data.x - width / 2 : beside;
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = this.colours.paper;
    context.fillStyle = this.colours.ink;
    context.strokeText(data.label, x, data.y + settings.labelSize / 3);
    context.fillText(data.label, x, data.y + settings.labelSize / 3);
  }

  node(node, data) {
    if (!this.chosen) return data;
    if (node === this.chosen) return { ...data, color: this.colours.accent, forceLabel: true, zIndex: 3 };
    if (this.near.has(node)) return { ...data, forceLabel: data.kind !== "member" && this.near.size < 40 };
    return { ...data, color: this.colours.sunk, label: null };
  }

  edge(edge, data) {
    if (!this.chosen) return data;
    const here = this.graph.hasExtremity(edge, this.chosen);
    return here ? { ...data, color: this.colours.accent, size: 1.5 * data.size, zIndex: 1 } : { ...data, hidden: true };
  }

  choose(node) {
    if (node === this.chosen) return;
    this.chosen = node;
    this.near = new Set(node ? this.graph.neighbors(node) : []);
    this.sigma.refresh({ skipIndexation: true });
    this.tell();
  }

  tell() {
    const { nodes } = this.data;
    const at = this.chosen && this.graph.hasNode(this.chosen) ? this.graph.getNodeAttribute(this.chosen, "at") : null;
    const [title, about] = at === null ? this.first : [nodes.label[at], nodes.about[at]];
    this.panel.querySelector("[data-title]").textContent = title;
    this.panel.querySelector("[data-about]").textContent = about;
    const link = this.panel.querySelector("[data-link]");
    link.hidden = at === null || !nodes.link[at];
    if (!link.hidden) link.firstElementChild.href = nodes.link[at];
    this.neighbours(at);
    const more = at !== null && ["group", "unfolded"].includes(nodes.kind[at]);
    this.status(more ? `Enter or a click ${nodes.kind[at] === "group" ? "unfolds" : "folds up"} ${title}.` : "");
    this.root.querySelector('[data-do="fold"]').hidden = this.unfolded.length === 0;
    const notes = document.querySelector("[data-notes]");
    notes.replaceChildren(...this.data.notes.map((one) => Object.assign(document.createElement("li"), { textContent: one })));
    notes.hidden = this.data.notes.length === 0;
  }

  neighbours(at) {
    const list = this.panel.querySelector("[data-neighbours]");
    if (at === null) return list.replaceChildren();
    const { nodes } = this.data;
    const near = this.graph.mapEdges(this.chosen, (edge, { count }, from, to) => [count, from === this.chosen ? to : from]);
    near.sort(([one], [other]) => other - one);
    const lines = near.slice(0, 8).map(([count, key]) => {
      const there = this.graph.getNodeAttribute(key, "at");
      const many = nodes.kind[there] === "member" || nodes.kind[at] === "member" ? "" : `: ${count.toLocaleString("en")}`;
      return `${nodes.label[there]}${many}`;
    });
    if (near.length > 8) lines.push(`and ${(near.length - 8).toLocaleString("en")} more`);
    return list.replaceChildren(...lines.map((one) => Object.assign(document.createElement("li"), { textContent: one })));
  }

  status(text) {
    this.root.querySelector("[data-status]").textContent = text;
  }

  // Where a processor draws, thousands of lines make moving slow; they come back when it rests.
  watch() {
    let [last, slow] = [0, 0];
    this.sigma.on("afterRender", () => {
      const now = performance.now();
      // Longer pauses are those of somebody who looks.
      const frame = now - last < 1000 ? now - last : 0;
      last = now;
      slow = frame > SLOW_MS ? slow + 1 : 0;
      if (slow >= 3 && this.graph.size > FEW_EDGES) this.sigma.setSetting("hideEdgesOnMove", true);
    });
  }

  async toggle(name) {
    const there = this.unfolded.includes(name);
    this.unfolded = there ? this.unfolded.filter((one) => one !== name) : [...this.unfolded, name];
    await this.again();
    if (!there && this.unfolded.includes(name)) this.look(`g${name}`);
  }

  // A group and what is around it, as large as the picture.
  look(key) {
    if (!this.graph.hasNode(key)) return;
    const { x, y } = this.sigma.getNodeDisplayData(key);
    const { x: wide, y: high } = this.box();
    const whole = Math.max(wide[1] - wide[0], high[1] - high[0]);
    this.camera({ x, y, ratio: Math.min(1, (3.2 * this.graph.getNodeAttribute(key, "size")) / whole) });
  }

  async again() {
    this.status("Drawing…");
    try {
      await this.load();
    } catch (problem) {
      this.status(`Not drawn: ${problem.message}. Try again, or use the tables below.`);
      return;
    }
    const kept = new URLSearchParams(location.search);
    kept.delete("unfold");
    for (const one of this.unfolded) kept.append("unfold", one);
    // A group that is alone is unfolded by itself, so that it is folded has to be said.
    if (!this.unfolded.length && this.data.nodes.kind.filter((one) => one === "group").length === 1) kept.set("unfold", "");
    history.replaceState(history.state, "", `${location.pathname}${kept.size ? `?${kept}` : ""}`);
    this.chosen = this.data.nodes.key.includes(this.chosen) ? this.chosen : null;
    this.draw();
    this.near = new Set(this.chosen ? this.graph.neighbors(this.chosen) : []);
    this.sigma.refresh();
    this.root.dataset.drawn = String(this.graph.order);
  }

  camera(state) {
    const camera = this.sigma.getCamera();
    if (STILL.matches) camera.setState({ ...camera.getState(), ...state });
    else camera.animate(state, { duration: 200 });
  }

  zoom(by) {
    this.camera({ ratio: this.sigma.getCamera().getBoundedRatio(this.sigma.getCamera().ratio * by) });
  }

  // The nearest node in a direction, as arrow keys ask for it.
  towards(dx, dy) {
    const from = this.chosen ? this.graph.getNodeAttributes(this.chosen) : this.sigma.viewportToGraph({ x: this.canvas.clientWidth / 2, y: this.canvas.clientHeight / 2 });
    let best = null;
    let least = Infinity;
    this.graph.forEachNode((key, { x, y }) => {
      const [along, across] = [(x - from.x) * dx + (y - from.y) * dy, Math.abs((x - from.x) * dy - (y - from.y) * dx)];
      const far = along + 2 * across;
      if (key !== this.chosen && along > 1e-6 && across <= along && far < least) [best, least] = [key, far];
    });
    return best;
  }

  press(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (ways[event.key]) {
      const next = this.towards(...ways[event.key]);
      if (next) {
        this.choose(next);
        const { x, y } = this.sigma.getNodeDisplayData(next);
        this.camera({ x, y });
      }
    } else if (event.key === "Enter" || event.key === " ") this.open(this.chosen);
    else if (event.key === "Escape") this.choose(null);
    else if (event.key === "+" || event.key === "=") this.zoom(STEP);
    else if (event.key === "-") this.zoom(1 / STEP);
    else if (event.key === "0") this.camera({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  open(node) {
    if (!node) return;
    const { kind, at } = this.graph.getNodeAttributes(node);
    if (kind === "group" || kind === "unfolded") this.toggle(node.slice(1));
    else if (this.data.nodes.link[at]) location.assign(this.data.nodes.link[at]);
  }

  listen() {
    this.watch();
    this.sigma.on("enterNode", ({ node }) => this.choose(node));
    this.sigma.on("leaveNode", () => this.choose(null));
    this.sigma.on("clickNode", ({ node }) => this.open(node));
    this.canvas.addEventListener("keydown", (event) => this.press(event));
    this.root.addEventListener("click", (event) => {
      const what = event.target.closest("[data-do]")?.dataset.do;
      if (what === "in") this.zoom(STEP);
      if (what === "out") this.zoom(1 / STEP);
      if (what === "fit") this.camera({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
      if (what === "fold") {
        this.unfolded = [];
        this.again();
      }
    });
    // Links of the table unfold here, too; without script they are links.
    document.addEventListener("click", (event) => {
      const link = event.target.closest('#groups td a[href*="/graph"]');
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      const asked = new URL(link.href).searchParams.getAll("unfold").filter(Boolean);
      const name = [...asked.filter((one) => !this.rendered.includes(one)), ...this.rendered.filter((one) => !asked.includes(one))][0];
      if (name === undefined) return;
      event.preventDefault();
      this.toggle(name).then(() => this.choose(`g${name}`));
      this.canvas.scrollIntoView({ block: "nearest", behavior: STILL.matches ? "auto" : "smooth" });
    });
    this.island.onTheme(() => this.draw());
  }
}

if (figure) {
  import(figure.dataset.island)
    .then((island) => new GraphIsland(figure, island).start())
    .catch((problem) => {
      const note = Object.assign(document.createElement("p"), { textContent: `The graph cannot be drawn here (${problem.message}). The tables below say the same.` });
      figure.querySelector(".graph-canvas").replaceChildren(note);
    });
}

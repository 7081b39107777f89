import uPlot from '../uplot/uPlot.esm.js';
import {element, setAttribute, setText} from './dom.js';
import * as format from './format.js';
import {colour} from './theme.js';

/** Colours of series in style/theme.css. */
const COLOURS = 8;
/** From the fifth on lines are dashed, so that they differ by more than their colour. */
const SOLID = 4;
const LEAST_SPAN_SECONDS = 60;
const AXIS_WIDTH = 58;

/**
 * One chart over time with its own legend. Its canvas is not readable for screen readers, so it has a label that says the
 * latest values; the tables of the page have the same numbers.
 *
 * @typedef {{label: string, values: (number|null)[]}} Series
 */
export class Panel {
    /**
     * @param {HTMLElement} container
     * @param {{title: string, unit: (value: number) => string, height: number, sync: string, timeAxis: boolean,
     *     fill?: boolean, stepped?: boolean, firstColour?: number}} options panels of the same `sync` share the cursor
     */
    constructor(container, options) {
        this.options = options;
        this.title = element('h3', null, options.title);
        this.legend = element('ul', {class: 'legend'});
        this.canvas = element('div', {class: 'plot', role: 'img'});
        container.append(element('div', {class: 'chart'}, element('div', {class: 'chart-head'}, this.title, this.legend), this.canvas));
        this.labels = null;
        this.items = [];
        this.plot = null;
        this.time = [];
        this.series = [];
        new ResizeObserver(() => {
            const width = Math.floor(this.canvas.clientWidth);
            if (this.plot !== null && width > 0 && width !== this.plot.width) {
                this.plot.setSize({width, height: options.height});
            }
        }).observe(this.canvas);
    }

    setTitle(title, unit) {
        setText(this.title, title);
        this.options.unit = unit ?? this.options.unit;
    }

    /** @param {number[]} time epoch seconds @param {Series[]} series */
    update(time, series) {
        this.time = time;
        this.series = series;
        const labels = series.map(({label}) => label).join('\u0000');
        if (labels !== this.labels) {
            this.labels = labels;
            this.#build();
        }
        this.plot?.setData([time, ...series.map(({values}) => values)]);
        this.#say(null);
    }

    /** Takes up the colours of another theme. */
    recolour() {
        if (this.plot !== null) {
            this.#build();
            this.plot?.setData([this.time, ...this.series.map(({values}) => values)]);
        }
    }

    #build() {
        this.plot?.destroy();
        this.plot = null;
        const width = Math.floor(this.canvas.clientWidth);
        this.items = this.series.map(({label}, at) => {
            const value = element('span', {class: 'legend-value'});
            const item = element('li', {title: label}, element('span', {class: 'swatch', 'data-series': this.#colourOf(at), 'data-dashed': at >= SOLID, 'aria-hidden': 'true'}),
                element('span', {class: 'legend-name'}, format.shorten(label, 28)), value);
            return {item, value};
        });
        this.legend.replaceChildren(...this.items.map(({item}) => item));
        if (width === 0) {
            this.labels = null;
            return;
        }
        const grid = {stroke: colour('grid'), width: 1};
        const axis = {stroke: colour('muted'), grid, ticks: {show: false}, font: `11px ${colour('font')}`};
        this.plot = new uPlot({
            width, height: this.options.height, legend: {show: false}, padding: [8, 8, this.options.timeAxis ? 0 : 6, 0],
            cursor: {sync: {key: this.options.sync}, y: false, points: {size: 6}, drag: {x: false, y: false}},
            scales: {x: {time: true, range: (_, least, greatest) => [Math.min(least ?? 0, (greatest ?? 0) - LEAST_SPAN_SECONDS), greatest ?? 0]},
                y: {range: (_, least, greatest) => [0, greatest > 0 ? greatest * 1.12 : 1]}},
            axes: [
                {...axis, show: this.options.timeAxis, space: 80, values: (_, splits) => splits.map(format.clock), size: 30},
                {...axis, size: AXIS_WIDTH, space: 32, values: (_, splits) => splits.map(split => this.options.unit(split))},
            ],
            series: [{}, ...this.series.map(({label}, at) => {
                const stroke = colour(`series-${this.#colourOf(at)}`);
                return {label, stroke, width: 1.75, points: {show: false}, dash: at >= SOLID ? [6, 4] : undefined,
                    paths: this.options.stepped ? uPlot.paths.stepped({align: 1}) : undefined,
                    fill: this.options.fill ? stroke + '22' : undefined};
            })],
            hooks: {setCursor: [plot => this.#say(plot.cursor.left >= 0 ? plot.cursor.idx : null)]},
        }, [this.time, ...this.series.map(({values}) => values)], this.canvas);
    }

    #colourOf(at) {
        return ((this.options.firstColour ?? 0) + at) % COLOURS + 1;
    }

    /** Shows the values at a place, or the latest. */
    #say(at) {
        const place = at ?? this.time.length - 1;
        const texts = this.series.map(({values}) => values[place] === null || values[place] === undefined
            ? format.UNKNOWN : this.options.unit(values[place]));
        texts.forEach((text, index) => this.items[index] && setText(this.items[index].value, text));
        if (at === null) {
            setAttribute(this.canvas, 'aria-label', this.series.length === 0 ? `${this.title.textContent}: nothing to show`
                : `${this.title.textContent}: ${this.series.slice(0, 8).map(({label}, index) => `${label} ${texts[index]}`).join(', ')}`);
        }
    }
}

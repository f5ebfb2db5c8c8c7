/**
 * The design system of the console. main.tsx imports `ui.css` once; pages take components from here.
 *
 * - Values: Instant (UTC, which it says; own time as tooltip), RelativeTime, Elapsed, Duration, Money, Quantity, CopyText, KeyHint, Facts.
 * - States: Badge, StatusBadge (colour, sign and words), Tone; plainWords makes words of a name of the graph.
 * - Figures: StatGrid with Stat, Sparkline, Meter, QuantityBar, Chart (with its table).
 * - Lists: Toolbar with SearchField, FilterSelect and ClearFilters; DataTable; Pagination.
 * - Layout: Card, Tabs, Trail, and the classes `stack`, `stack-tight`, `row`, `row-apart`, `columns`, `aside-layout`, `form-grid`.
 * - Asking: Dialog, Drawer, FormDialog, ConfirmDialog (with a reason), TextField, TextArea, SelectField, CheckField, Field, Button, IconButton.
 * - Answers: EmptyState, ErrorState, Notice, Skeleton, SkeletonLines.
 */
export { Badge, plainWords, StatusBadge, type Tone } from './badge.js';
export { Button, IconButton } from './button.js';
export { Card } from './card.js';
export { Chart } from './chart.js';
export type { ChartProps, ChartSeries } from './chart.types.js';
export { classNames } from './class-names.js';
export { DataTable } from './data-table.js';
export type { Column, DataTableProps, Selection, Sort } from './data-table.types.js';
export { ConfirmDialog, FormDialog, Dialog, Drawer } from './dialog.js';
export { Facts } from './facts.js';
export { EmptyState, ErrorState, Notice, Skeleton, SkeletonLines } from './feedback.js';
export { CheckField, SelectField, TextArea, TextField, type Option } from './field.js';
export { Icon, type IconName } from './icon.js';
export { Meter } from './meter.js';
export { Pagination } from './pagination.js';
export { QuantityBar, type QuantitySegment } from './quantity-bar.js';
export { Sparkline } from './sparkline.js';
export { Stat, StatGrid } from './stat.js';
export { Tabs, type Tab } from './tabs.js';
export { useTheme } from './theme-colour.js';
export { bothTimes, durationWords, utcWords } from './time-words.js';
export { Timeline, type TimelineEntry } from './timeline.js';
export { ClearFilters, FilterSelect, SearchField, Toolbar } from './toolbar.js';
export { Trail } from './trail.js';
export { useClock } from './use-now.js';
export { CopyText, Duration, Elapsed, Instant, KeyHint, Money, Quantity, RelativeTime } from './values.js';
